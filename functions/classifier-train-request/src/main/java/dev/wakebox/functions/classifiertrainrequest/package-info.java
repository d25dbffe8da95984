/** Accepts requests for trainings: writes a job record, then sends a message. */
@NullMarked
package dev.wakebox.functions.classifiertrainrequest;

import org.jspecify.annotations.NullMarked;
