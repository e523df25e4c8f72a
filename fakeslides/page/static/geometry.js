// Affine transforms and lengths, as Google writes them: proto3 JSON leaves zeros out.

const EMU_PER_POINT = 12700;

/** Return a length in points; 0 if there is none. */
export function points(length) {
  return (length?.magnitude ?? 0) / (length?.unit === "PT" ? 1 : EMU_PER_POINT);
}

/** Return a transform as SVG's six numbers, in points; no transform at all moves nothing. */
export function matrixOf(transform) {
  if (!transform) return [1, 0, 0, 1, 0, 0];
  const unit = transform.unit === "PT" ? 1 : EMU_PER_POINT;
  const { scaleX = 0, shearY = 0, shearX = 0, scaleY = 0, translateX = 0, translateY = 0 } = transform;
  return [scaleX, shearY, shearX, scaleY, translateX / unit, translateY / unit];
}

/** Return the transform that does `inner` and then `outer`. */
export function compose([a, b, c, d, e, f], [k, l, m, n, o, p]) {
  return [a * k + c * l, b * k + d * l, a * m + c * n, b * m + d * n, a * o + c * p + e, b * o + d * p + f];
}

/**
 * Return where a box of that size lands, its scale moved from the transform into the size, because Google scales
 * boxes but not the text in them. A mirrored box is drawn from its other side, so that its text can be read.
 */
export function placed([a, b, c, d, e, f], width, height) {
  if (a * d - b * c < 0) return placed([-a, -b, c, d, e + a * width, f + b * width], width, height);
  const across = Math.hypot(a, b) || 1;
  const down = Math.hypot(c, d) || 1;
  const turned = [a / across, b / across, c / down, d / down, e, f];
  return { transform: `matrix(${turned.join(" ")})`, width: width * across, height: height * down };
}
