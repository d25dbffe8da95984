/** The answers to questions that users ask a mentor. */
@NullMarked
package dev.wakebox.functions.classifierpredict;

import org.jspecify.annotations.NullMarked;
