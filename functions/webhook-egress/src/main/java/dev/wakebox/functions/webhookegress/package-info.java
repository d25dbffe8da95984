/** The platform finished a job: its output goes into the bucket before it expires. */
@NullMarked
package dev.wakebox.functions.webhookegress;

import org.jspecify.annotations.NullMarked;
