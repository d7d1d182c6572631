// What Slack itself checks before it sends a form to the app.

/** The complaints by block about fields that are empty or out of range; null if there is none. */
export function missingInputs(blocks, values) {
  const complaints = blocks
    .filter((block) => block.type === "input")
    .map((block) => [
      block.block_id,
      complaint(block, values[block.block_id]?.[block.element.action_id]),
    ])
    .filter(([, text]) => text);
  return complaints.length ? Object.fromEntries(complaints) : null;
}

function complaint({ element, optional }, value) {
  const { type, ...rest } = value ?? {};
  const content = Object.values(rest)[0];
  const empty = content === null || content === undefined || content.length === 0;
  if (empty) return optional ? null : "Please complete this required field.";
  if (element.min_length && content.length < element.min_length)
    return `Please enter at least ${element.min_length} characters.`;
  if (element.type === "number_input") return numberComplaint(element, content);
  return null;
}

function numberComplaint(
  { is_decimal_allowed: decimals, min_value: least, max_value: most },
  text,
) {
  const number = Number(text);
  if (Number.isNaN(number)) return "Please enter a number.";
  if (!decimals && !Number.isInteger(number)) return "Please enter a whole number.";
  if (least !== undefined && least !== null && number < Number(least))
    return `Please enter ${least} or more.`;
  if (most !== undefined && most !== null && number > Number(most))
    return `Please enter ${most} or less.`;
  return null;
}
