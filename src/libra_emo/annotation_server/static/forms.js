// Forms that a script sends.

/**
 * Let a form call a function with its button. The page gives the button the type "button", so that
 * before the script is there a click does nothing: the browser would send the form its own way.
 */
export function takeOver(form, send) {
  const button = form.querySelector("button");
  button.type = "submit";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(button);
  });
}
