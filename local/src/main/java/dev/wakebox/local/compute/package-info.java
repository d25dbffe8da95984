/**
 * EC2 and Systems Manager on one machine: an instance is a directory and a group of processes that really run.
 *
 * <p>{@link dev.wakebox.local.compute.LocalCompute} is the door; {@code InstanceRegistry} holds EC2's rules,
 * {@code CommandRegistry} Systems Manager's; {@code Ec2Api} and {@code SsmApi} speak their protocols.
 */
@NullMarked
package dev.wakebox.local.compute;

import org.jspecify.annotations.NullMarked;
