// Pages of static/js/room/rules.js, driven line by line: which page, which function, with what.
import { createInterface } from "node:readline";
const rules = await import(process.argv[2]);

/** @type {Map<number, any>} */
let pages = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const [number, call, ...given] = JSON.parse(line);
  if (call === "begin") {
    pages = new Map([0, 1].map((each) => [each, { state: rules.NOTHING, caret: 0 }]));
    console.log("null");
    continue;
  }
  const page = pages.get(number);
  if (call === "lastBatches") {
    console.log(JSON.stringify(rules.lastBatches(page.state, ...given)));
    continue;
  }
  const before = page.state.notes.text;
  if (call === "caret") page.caret = given[0];
  else page.state = rules[call](page.state, ...given);
  const { notes, sending } = page.state;
  if (call === "typed") page.caret += notes.text.length - before.length;
  else if (notes.text !== before) page.caret = rules.moved(before, notes.text, page.caret);
  console.log(JSON.stringify({
    text: notes.text,
    caret: page.caret,
    sending,
    waits: rules.waits(page.state),
    version: page.state.version,
    shown: rules.shown(page.state, number + 1),
  }));
}
