"""The peer of search: Anki's `find_notes` over the same records. Runs in the bench's own environment, without us.

`python peer_anki.py RECORDS.json QUESTIONS.json ROUNDS`
"""

import json
import pathlib
import sys
import tempfile
import time

from anki.collection import AddNoteRequest, Collection
from anki.notes import Note

records = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
asked = json.loads(pathlib.Path(sys.argv[2]).read_text("utf-8"))
with tempfile.TemporaryDirectory() as folder:
    collection = Collection(str(pathlib.Path(folder) / "peer.anki2"))
    models = collection.models
    model = models.new("resident")
    for name in ("name", "pinyin", "initials", "id", "phone", "door"):
        models.add_field(model, models.new_field(name))
    template = models.new_template("card")
    template["qfmt"], template["afmt"] = "{{name}}", "{{pinyin}}"
    models.add_template(model, template)
    models.add_dict(model)
    model = models.by_name("resident")
    deck = collection.decks.id("Default")
    for start in range(0, len(records), 5000):
        requests = []
        for fields in records[start : start + 5000]:
            note = Note(collection, model)
            note.fields = list(fields)
            requests.append(note)
        collection.add_notes([AddNoteRequest(note, deck) for note in requests])
    rounds = []
    for _ in range(int(sys.argv[3])):
        taken = []
        for question in asked:
            began = time.perf_counter()
            collection.find_notes('"' + question + '"')
            taken.append((time.perf_counter() - began) * 1000)
        rounds.append(taken)
    collection.close()
sys.stdout.write(json.dumps({"rounds": rounds, "notes": len(records)}) + "\n")
