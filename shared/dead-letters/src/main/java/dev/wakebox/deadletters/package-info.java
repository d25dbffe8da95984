/** The dead-letter queues of a stack, for operators. */
@NullMarked
package dev.wakebox.deadletters;

import org.jspecify.annotations.NullMarked;
