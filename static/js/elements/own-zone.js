/**
 * <own-zone>: around the choice of a time zone. Chooses the browser's, where the form is shown for the first time and
 * nobody has said yet where they are. One with the clock of UTC is not chosen: browsers that hide where they are show it.
 */
class OwnZone extends HTMLElement {
  connectedCallback() {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const choice = this.querySelector("select");
    const listed = choice && [...choice.options].some((option) => option.value === here);
    if (choice && listed && new Date().toLocaleString("en", { timeZone: here }) !== new Date().toLocaleString("en", { timeZone: "UTC" })) {
      choice.value = here;
    }
  }
}

customElements.define("own-zone", OwnZone);
