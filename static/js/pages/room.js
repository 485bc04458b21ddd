/** What the two keep of a catch-up, on its page. */

import { connectContent } from "../room/content.js";

connectContent();
