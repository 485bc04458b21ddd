/** What the two keep of a catch-up, on its page. */

import { connectContent } from "../room/content.js";
import { showEnding } from "../room/ending.js";

const room = connectContent();
if (document.querySelector("#agreements")) showEnding(room);
