"""Writes Home Assistant's English intents as pairs of an utterance and what it asks for, in JSON Lines.

Usage: home_assistant.py OUTPUT
Each of the sentence templates that people wrote ("<turn> on [<the>] {area} <light>") belongs to one split, and so do all
utterances made of it. A template gives up to EXPANSIONS utterances, chosen by a generator seeded with its text, so that
every run writes the same files. The answer names the intent and its slots in order of their names:
    {"prompt": "switch on the kitchen lights\\n", "answer": "HassTurnOn(area=kitchen, domain=light)"}
"""

import hashlib
import json
import os
import random
import sys

import home_assistant_intents
from hassil.expression import Alternative, Group, ListReference, Permutation, RuleReference, TextChunk
from hassil.parse_expression import parse_sentence

EXPANSIONS = 60
TRIES = 4 * EXPANSIONS

# What a house has, and what people ask for: templates leave these to the user.
AREAS = """kitchen|living room|bedroom|bathroom|garage|office|hallway|basement|attic|dining room|guest room|nursery|
laundry room|porch|patio|study|pantry|workshop|conservatory|library"""
FLOORS = "ground|first|second|third|upper|lower|top|main"
WILDCARDS = {
    "message": "dinner is ready|time to leave|the taxi is here|movie night starts now|lunch is on the table|bed time",
    "search_query": """bohemian rhapsody|the beatles|morning jazz|abbey road|the daily news|miles davis|planet earth|
kind of blue|rainy day|classic rock|mozart|space stories""",
    "zone": "home|work|school|the gym|the office|the park|grandma's|the library",
    "timer_name": "pizza|egg|tea|laundry|pasta|homework|bread|nap|chicken|workout",
    "timer_command": "turn off the lights|open the garage door|lock the front door|start the fan|play music|close the blinds",
    "shopping_list_item": "milk|bread|eggs|olive oil|apples|coffee beans|dish soap|two lemons|rice|paper towels|butter|honey",
    "todo_list_item": "call the plumber|water the plants|pay the rent|book a flight|feed the cat|mow the lawn|renew passport|clean the oven",
}
NAMES = {
    "light": "desk lamp|ceiling light|floor lamp|reading light|night light|chandelier|bedside lamp|porch light",
    "switch": "coffee machine|heater plug|christmas tree|water pump|towel rail|outdoor socket",
    "fan": "ceiling fan|bathroom fan|tower fan|desk fan|attic fan",
    "cover": "left curtain|garage door|bedroom blinds|kitchen shade|patio awning|front gate|roller shutter",
    "valve": "garden valve|sprinkler valve|main water valve|boiler valve",
    "lock": "front door|back door|side gate lock|cellar door|shed lock",
    "climate": "thermostat|hallway heating|bedroom air conditioner|radiator|heat pump",
    "media_player": "tv|kitchen speaker|soundbar|record player|bedroom radio|projector",
    "binary_sensor": "window sensor|motion detector|mailbox|leak sensor|door contact|smoke alarm",
    "sensor": "outdoor temperature|power meter|humidity sensor|rain gauge|air quality",
    "person": "alice|bob|carla|daniel|emma|frank",
    "weather": "london|paris|the cabin|berlin|home forecast",
    "todo": "chores|groceries|work|holiday|weekend",
    "vacuum": "robot|dusty|vacuum cleaner|upstairs robot",
    "lawn_mower": "lawn robot|mower|garden robot",
    "scene": "movie night|good morning|dinner party|reading|relax",
    "script": "bedtime routine|leaving home|party mode|wake up",
    "": "desk lamp|coffee machine|ceiling fan|soundbar|robot|front gate|heater",
}


def pick(choices, chance):
    return chance.choice(choices.replace("\n", "").split("|"))


class Sampler:
    """Draws utterances from a template, with the values of its slots."""

    def __init__(self, lists, rules):
        self.lists = lists
        self.rules = {name: parse_sentence(text).expression for name, text in rules.items()}

    def draw(self, expression, domains, chance, slots):
        """One text of an expression; the slots it fills are added to `slots`."""
        if isinstance(expression, TextChunk):
            return expression.original_text
        if isinstance(expression, RuleReference):
            return self.draw(self.rules[expression.rule_name], domains, chance, slots)
        if isinstance(expression, ListReference):
            text, value = self.value(expression.list_name, domains, chance, slots)
            slots[expression.slot_name] = value
            return (expression.prefix or "") + text + (expression.suffix or "")
        if isinstance(expression, Alternative):
            return self.draw(chance.choice(expression.items), domains, chance, slots)
        if isinstance(expression, Permutation):
            items = chance.sample(expression.items, len(expression.items))
            return " ".join(self.draw(item, domains, chance, slots).strip() for item in items)
        assert isinstance(expression, Group), expression
        return "".join(self.draw(item, domains, chance, slots) for item in expression.items)

    def value(self, name, domains, chance, slots):
        """A text for a list, and what it means."""
        if name == "area":
            area = pick(AREAS, chance)
            return area, area
        if name == "floor":
            floor = pick(FLOORS, chance)
            return floor, floor
        if name == "name":
            thing = pick(NAMES.get(chance.choice(domains), NAMES[""]), chance)
            return thing, thing
        entry = self.lists[name]
        if entry.get("wildcard"):
            text = pick(WILDCARDS[name], chance)
            return text, text
        if "range" in entry:
            number = chance.randrange(entry["range"]["from"], entry["range"]["to"] + 1, entry["range"].get("step", 1))
            return str(number), number * entry["range"].get("multiplier", 1)
        value = chance.choice(entry["values"])
        if isinstance(value, str):
            return value, value
        return self.draw(parse_sentence(value["in"]).expression, domains, chance, {}), value["out"]


def answer(intent, slots):
    return f"{intent}({', '.join(f'{name}={slots[name]}' for name in sorted(slots))})"


def templates(intents):
    """(intent, template, fixed slots, domains of its names), each template once, in the file's order."""
    seen = set()
    for intent, content in intents.items():
        for group in content["data"]:
            domains = group.get("requires_context", {}).get("domain", [""])
            domains = [domains] if isinstance(domains, str) else domains
            for text in group["sentences"]:
                key = (text, tuple(domains))
                if key not in seen:
                    seen.add(key)
                    yield intent, text, group.get("slots", {}), domains


def split_of(order):
    """Of an intent's templates every tenth is for validation and every tenth for testing, in the order of their hashes."""
    return {3: "validation", 7: "test"}.get(order % 10, "train")


def main(output):
    folder = os.path.dirname(home_assistant_intents.__file__)
    data = json.load(open(os.path.join(folder, "data", "en.json"), encoding="utf-8"))
    sampler = Sampler(data["lists"], data["expansion_rules"])
    groups = {}
    for template in templates(data["intents"]):
        groups.setdefault(template[0], []).append(template)

    meanings = {}  # of each utterance, so that none has two, and none is in two splits
    pairs = {"train": [], "validation": [], "test": []}
    for intent, members in groups.items():
        members.sort(key=lambda member: hashlib.sha256(member[1].encode()).digest())
        for order, (_, text, fixed, domains) in enumerate(members):
            chance = random.Random(f"{intent} {text}")
            expression = parse_sentence(text).expression
            made = 0
            for _ in range(TRIES):
                slots = dict(fixed)
                utterance = " ".join(sampler.draw(expression, domains, chance, slots).split())
                if utterance in meanings or not utterance:
                    continue
                meanings[utterance] = answer(intent, slots)
                pair = {"prompt": utterance + "\n", "answer": meanings[utterance]}
                pairs[split_of(order)].append(pair)
                made += 1
                if made == EXPANSIONS:
                    break

    os.makedirs(output)
    for split, members in pairs.items():
        with open(os.path.join(output, split + ".jsonl"), "w", encoding="utf-8") as file:
            for pair in members:
                file.write(json.dumps(pair, ensure_ascii=False) + "\n")
        print(f"intents, {split}: {len(members)} pairs", file=sys.stderr)
    with open(os.path.join(output, "attribution.md"), "w", encoding="utf-8") as file:
        file.write(
            "# Where this text comes from\n\nSentence templates: Home Assistant intents, package "
            "home-assistant-intents 2026.10.27 (https://github.com/home-assistant/intents-package), Apache-2.0.\n"
        )


main(sys.argv[1])
