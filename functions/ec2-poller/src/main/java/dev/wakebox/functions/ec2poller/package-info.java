/** Polls the commands of an execution. */
@NullMarked
package dev.wakebox.functions.ec2poller;

import org.jspecify.annotations.NullMarked;
