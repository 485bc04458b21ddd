/** 64 pictures that look and sound different, with their names: four of them are compared aloud. Never change their order. */

import { gettext } from "../lib/texts.js";

/** @type {readonly (readonly [string, string])[]} */
export const PICTURES = [
  ["🐶", gettext("Dog")], ["🐱", gettext("Cat")], ["🦁", gettext("Lion")], ["🐴", gettext("Horse")],
  ["🐮", gettext("Cow")], ["🐘", gettext("Elephant")], ["🐰", gettext("Rabbit")], ["🐻", gettext("Bear")],
  ["🐧", gettext("Penguin")], ["🐔", gettext("Chicken")], ["🦉", gettext("Owl")], ["🐢", gettext("Tortoise")],
  ["🐟", gettext("Fish")], ["🐬", gettext("Dolphin")], ["🦋", gettext("Butterfly")], ["🐝", gettext("Bee")],
  ["🐸", gettext("Frog")], ["🐌", gettext("Snail")], ["🌷", gettext("Tulip")], ["🌻", gettext("Sunflower")],
  ["🌳", gettext("Tree")], ["🌵", gettext("Cactus")], ["🍄", gettext("Mushroom")], ["🌍", gettext("Globe")],
  ["🌙", gettext("Moon")], ["☀️", gettext("Sun")], ["☁️", gettext("Cloud")], ["❄️", gettext("Snowflake")],
  ["🌈", gettext("Rainbow")], ["🔥", gettext("Fire")], ["🍎", gettext("Apple")], ["🍌", gettext("Banana")],
  ["🍓", gettext("Strawberry")], ["🍋", gettext("Lemon")], ["🍇", gettext("Grapes")], ["🍞", gettext("Bread")],
  ["🧀", gettext("Cheese")], ["🎂", gettext("Cake")], ["☕", gettext("Cup")], ["🥚", gettext("Egg")],
  ["🔑", gettext("Key")], ["🔒", gettext("Padlock")], ["🔨", gettext("Hammer")], ["✂️", gettext("Scissors")],
  ["📎", gettext("Paper clip")], ["✏️", gettext("Pencil")], ["📖", gettext("Book")], ["✉️", gettext("Envelope")],
  ["☂️", gettext("Umbrella")], ["👓", gettext("Glasses")], ["🎩", gettext("Hat")], ["👟", gettext("Shoe")],
  ["🔔", gettext("Bell")], ["🎸", gettext("Guitar")], ["🎺", gettext("Trumpet")], ["🥁", gettext("Drum")],
  ["⚽", gettext("Ball")], ["🏆", gettext("Trophy")], ["🎈", gettext("Balloon")], ["⏰", gettext("Alarm clock")],
  ["🚲", gettext("Bicycle")], ["🚂", gettext("Train")], ["✈️", gettext("Aeroplane")], ["⛵", gettext("Boat")],
];
