# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The words of `builtin:orders`: what is ordered, how, when and where, and sentences around it.

In a template `{item}` is a slot to tag and `{-item}` the same words where they are not part of the order. Names under
`RARE_...` are met in the test alone.
"""


def phrases(text: str) -> list[str]:
    """Return the phrases of a list that is separated by commas."""
    return [phrase.strip() for phrase in text.split(",")]


NUMBERS = phrases("two, three, four, five, six, seven, eight, nine, ten, eleven, twelve")

# Many hold words that have another tag elsewhere: numbers, places, hours, sizes, extras.
ITEMS = phrases(
    "espresso, latte, cappuccino, mint tea, lemon tea, green tea, orange juice, lemonade, milk, iced coffee, coffee, "
    "four cheese pizza, double burger, house salad, garden soup, cheese sandwich, honey cake, lemon tart, "
    "corner bagel, midnight brownie, seven spice noodles, half moon pie, five bean chili, onion soup, harbour fish, "
    "mushroom risotto, "
    "station breakfast, noon special, small plate, family pie, chicken wrap, club sandwich, porridge, omelette, "
    "tomato pasta, ginger beer, house wine, water, hot chocolate, croissant"
)
RARE_ITEMS = phrases(
    "flat white, gazpacho, tiramisu, nine herb broth, terrace burger, oat porridge, ramen, shakshuka, evening toast, "
    "three berry crumble, falafel, chai"
)
EXTRAS = phrases(
    "milk, oat milk, lemon, ice, cheese, honey, mint, onions, mushrooms, chili, cream, double cream, sugar, ginger, "
    "tomatoes, hot sauce, whipped cream, olives, garlic, bread, water, chocolate"
)
RARE_EXTRAS = phrases("soy milk, cinnamon, capers, sour cream, basil, pickles, maple syrup")
SIZES = phrases("small, large, medium, double, regular, half, tall, family size, extra large, single, mini")
QUANTITIES = phrases("a couple of, half a dozen, a dozen, another, one more, a pair of, both")
TIMES = phrases("noon, midnight, tonight, lunchtime, this evening, closing time, right now")
ROOMS = phrases("the corner table, the garden, the terrace, the bar, the window seat, the back room, the counter")
RARE_ROOMS = phrases("the rooftop, the lobby, the booth, the pier")
WAYS = phrases("Street, Lane, Road, Square, Avenue, Hill")
SYLLABLES = phrases("ash, brook, elm, mill, wick, thorn, bury, stan, ford, hol, mar, ling, dean, pem, grove, cal, ver")
NAMES = phrases("Ada, Tom, Priya, Jonas, Mei, Omar, Lena, Sam")

ORDERS = [
    "I'd like {quantity} {size} {item}",
    "can I get {quantity} {item} with {extra}",
    "{quantity} {size} {item} , {extra} on the side",
    "we'll have {quantity} {item} and {quantity} {item}",
    "could you bring {quantity} {size} {item} without {extra}",
    "please send {quantity} {item} , no {extra}",
    "a {size} {item} with {extra} and {extra}",
    "the {item} for me , hold the {extra}",
    "make that {quantity} {size} {item}",
    "{quantity} {item} with {extra} , please",
    "one {item} , {size} , and {quantity} {item}",
    "let me have a {size} {item}",
    "{name} wants the {item} with {extra}",
    "just {item} , and make it {size}",
    "the {item} , then {quantity} {item}",
    "no , {quantity} {item} , not {-quantity}",
    "{quantity} of the {item} , the {size} ones",
]
ENDINGS = [
    "at {time}",
    "for {time}",
    "to {place}",
    "to {place} at {time}",
    "to {place} by {time}",
    "not before {time}",
    "we are at {place}",
    "at {time} , {place}",
]
AROUND = [
    "last week we had {-quantity} {-item} here",
    "{name} was at {-place} until {-time}",
    "the {-item} with {-extra} was great yesterday",
    "I don't want the {-item} today",
    "there are {-number} of us",
    "{name} is {-number} today",
    "is the {-item} gone",
    "we waited {-number} minutes at {-place}",
    "they were out of {-extra} at {-time}",
    "what a {-size} place this is",
    "it took {-quantity} tries to find {-place}",
    "my {-size} brother can't eat {-extra}",
    "do you still make the {-size} {-item}",
    "we used to sit at {-place}",
]
GREETINGS = ["hi", "hello", "good evening", "excuse me", "hey there", "one moment"]
CLOSINGS = ["thanks", "thank you", "that is all", "cheers", "and the bill later"]
