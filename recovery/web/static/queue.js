// The desk's script: each part is a module of its own and works on what it finds.
import { listenToKeys } from "./keys.js";
import { followLive } from "./live.js";
import { countDown } from "./undo.js";
import { helpWithForms } from "./forms.js";

const desk = document.querySelector(".desk");
if (desk) {
  listenToKeys(desk);
  followLive(desk);
  helpWithForms(desk);
}
countDown(document.getElementById("undo"));
// From here on keys count; tests wait for it.
document.documentElement.dataset.ready = "1";
