/**
 * EC2 and Systems Manager on one computer: an instance is a directory and a group of real processes.
 *
 * <p>{@link dev.wakebox.local.ec2.LocalCompute} is the entry point. {@code Ec2Api} and {@code SsmApi} implement the
 * protocols with the AWS SDK's types; {@code StateOperations} and {@code InstanceLifecycle} have EC2's rules, {@code
 * CommandRegistry} those of Systems Manager.
 */
@NullMarked
package dev.wakebox.local.ec2;

import org.jspecify.annotations.NullMarked;
