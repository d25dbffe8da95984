/** One look at how far the commands of an execution are. */
@NullMarked
package dev.wakebox.functions.ec2poller;

import org.jspecify.annotations.NullMarked;
