/** Somebody asks for a mentor's classifier to be trained: a record is written, then a message is sent. */
@NullMarked
package dev.wakebox.functions.classifiertrainrequest;

import org.jspecify.annotations.NullMarked;
