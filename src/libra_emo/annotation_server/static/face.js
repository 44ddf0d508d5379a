// The yellow frame around the face of the person meant, over a video of any size.

/** Put the frame where the face was seen last, or hide it where none is known. */
export function markFace(frame, boxes, second) {
  const box = boxes.findLast(([seen]) => seen <= second + 0.2);
  frame.hidden = !box;
  if (!box) return;
  const [, top, right, bottom, left] = box;
  frame.style.top = `${100 * top}%`;
  frame.style.left = `${100 * left}%`;
  frame.style.width = `${100 * (right - left)}%`;
  frame.style.height = `${100 * (bottom - top)}%`;
}
