# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The words of `builtin:reviews`: what is judged, with which adjectives, and sentences that judge nothing."""

from typing import NamedTuple


class Aspect(NamedTuple):
    """Something that can be judged, and the form of "to be" it takes."""

    name: str
    verb: str


def words(text: str) -> list[str]:
    """Return the words of a line."""
    return text.split()


def _aspects(singular: str, plural: str) -> list[Aspect]:
    return [Aspect(f"the {name}", "was") for name in singular.split(", ")] + [
        Aspect(f"the {name}", "were") for name in plural.split(", ")
    ]


DOMAINS: dict[str, list[Aspect]] = {
    "restaurant": _aspects(
        "soup, service, dessert, wine list, dining room, coffee, fish, bread, waiter, menu, kitchen, terrace, "
        "lunch, salad, risotto",
        "portions, starters, prices, tables, vegetables, noodles, side dishes, waiters, pancakes",
    ),
    "hotel": _aspects(
        "room, breakfast, bed, reception desk, lobby, swimming pool, view, bathroom, location, shower, bar, "
        "hallway, mattress, gym",
        "towels, pillows, rooms, beds, curtains, elevators, cleaners, receptionists, blankets",
    ),
    "film": _aspects(
        "plot, acting, ending, soundtrack, dialogue, first half, camera work, lead actress, script, pacing, "
        "editing, villain, opening scene",
        "jokes, special effects, costumes, fight scenes, songs, characters, side stories, locations",
    ),
    "phone": _aspects(
        "screen, battery, camera, speaker, keyboard, case, software, charger, microphone, sound, packaging, "
        "manual, fingerprint reader",
        "buttons, photos, updates, settings, headphones, menus, colours, animations, ringtones",
    ),
    "novel": _aspects(
        "story, first chapter, writing, narrator, translation, cover, mystery, last third, hero, setting, prose, "
        "romance, epilogue, pace",
        "chapters, descriptions, characters, twists, illustrations, conversations, footnotes, flashbacks",
    ),
    "concert": _aspects(
        "band, singer, sound, venue, lighting, opening act, drummer, crowd, guitarist, set list, encore, stage, "
        "queue, choir, violinist",
        "seats, songs, tickets, drinks, backing vocals, musicians, costumes, ushers",
    ),
}

POSITIVE = words(
    "good great excellent lovely wonderful superb delightful brilliant fantastic amazing charming impressive "
    "pleasant splendid terrific "
    "enjoyable marvellous outstanding beautiful perfect remarkable satisfying fabulous stunning magnificent "
    "exquisite first-rate "
    "memorable refreshing inspired likeable convincing elegant admirable gorgeous glorious thrilling tremendous "
    "flawless welcome "
    "appealing exceptional heavenly phenomenal rewarding"
)

NEGATIVE = words(
    "bad terrible awful dreadful horrible poor disappointing mediocre lousy appalling miserable unpleasant "
    "annoying horrid shabby "
    "atrocious pathetic dismal disgusting abysmal ghastly clumsy sloppy dull tedious frustrating irritating "
    "embarrassing lifeless ugly "
    "tasteless hopeless useless pitiful weak grim nasty rotten unbearable laughable unacceptable offensive "
    "careless depressing shoddy"
)

NEUTRAL = words(
    "average ordinary acceptable passable standard typical middling unremarkable okay adequate fair tolerable "
    "conventional "
    "usual decent-enough run-of-the-mill plain predictable normal moderate unexceptional"
)

INTENSIFIERS = words(
    "really very truly quite so rather absolutely particularly especially extremely remarkably simply genuinely"
)

# None of these says anything about quality, and negations and contrasts in them turn nothing around.
OPENINGS = [
    "I had not been to a {place} like this before",
    "my {person} picked this {place}, not me",
    "we came on a {day}, but the weather has nothing to do with this review",
    "this was not our first {place} this {season}",
    "I don't write many reviews",
    "my {person} and I took our time with it on a {day}",
    "a {person} of mine had mentioned this {place} in {month}",
    "I never planned to write about a {place}",
    "last {season} my {person} gave me the idea",
    "I read nothing about it in advance, although my {person} did",
    "we are from {town} and do not travel far",
    "it was {month}, it was raining, and nobody had other plans",
    "I heard about this {place} from my {person} in {town}",
    "my {person} paid, but the opinion is mine",
    "we had {number} people with us that {day}",
    "I am not an expert, but I pay attention",
    "some say a {place} is only as interesting as the people in it",
    "this is about the {place} near {town}",
    "it was a {day} in {month} and I was not in a hurry",
]

CLOSINGS = [
    "my {person} did not write a review",
    "we went back to {town} on {day}",
    "I can't speak for my {person}, who left early",
    "I have nothing more to add about {the}",
    "that is my view, not that of my {person}",
    "it was {month}, so things may have changed, but I doubt it",
    "we stayed for {number} hours",
    "I did not ask about {the}",
    "I have not decided about next {season}",
    "my {person} talked about {the} all the way to {town}",
    "there were {number} of us, yet nobody took a picture",
    "I wrote this on a {day}, not on the spot",
    "never having been to {town}, I can't compare",
    "more about {the} another time",
    "we will be in {town} again in {month}",
]

ASIDES = [
    "when we were there in {month}",
    "on that {day}",
    "according to my {person}",
    "for the {number} of us",
    "as my {person} from {town} put it",
    "as far as I could tell that {day}",
    "at least in {month}",
    "if you ask my {person}",
    "during our {season} trip to {town}",
    "by the time my {person} arrived",
]

FILLERS: dict[str, list[str]] = {
    "person": words(
        "brother sister mother father neighbour colleague aunt uncle cousin boss friend wife husband daughter son "
        "roommate teacher grandmother nephew niece dentist landlord "
        "grandfather barber tailor coach lawyer plumber tutor trainer doctor nurse editor pianist florist tenant"
    ),
    "day": words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "month": words("January February March April May June July August September October November December"),
    "season": words("spring summer autumn winter"),
    "town": words(
        "Leeds Porto Ghent Dublin Turin Malmo Boston Denver Lyon Basel Perth Oslo Krakow Bristol Sevilla Utrecht Graz "
        "Tampere Austin Halifax Cork Bergen Vilnius Riga Bologna Nantes Girona Aarhus Turku Brno Linz Bern Leiden "
        "Antwerp Bilbao Cardiff Dundee Exeter Galway Memphis Omaha Tucson Portland Quebec Calgary Hobart Osaka Kobe "
        "Seoul Lima Quito Bogota Accra Tunis Izmir Haifa Tbilisi Sofia Split Zadar Trieste Verona Parma Rouen Dijon"
    ),
    "number": words("two three four five six seven eight nine ten twelve"),
}
