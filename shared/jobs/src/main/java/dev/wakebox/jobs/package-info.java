/** What has been done about each job, so that the same event can come any number of times. */
@NullMarked
package dev.wakebox.jobs;

import org.jspecify.annotations.NullMarked;
