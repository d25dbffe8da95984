/** Answers users' questions to a mentor. */
@NullMarked
package dev.wakebox.functions.classifierpredict;

import org.jspecify.annotations.NullMarked;
