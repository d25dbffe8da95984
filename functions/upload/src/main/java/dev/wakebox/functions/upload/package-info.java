/** Serves {@code POST /uploads}, {@code GET /uploads/{id}} and {@code POST /uploads/{id}/progress}. */
@NullMarked
package dev.wakebox.functions.upload;

import org.jspecify.annotations.NullMarked;
