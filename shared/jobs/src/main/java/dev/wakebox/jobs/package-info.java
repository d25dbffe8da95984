/** Records of the work on each job, so that duplicate events have no effect. */
@NullMarked
package dev.wakebox.jobs;

import org.jspecify.annotations.NullMarked;
