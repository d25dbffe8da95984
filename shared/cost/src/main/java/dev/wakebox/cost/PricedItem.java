package dev.wakebox.cost;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** Something that AWS has a price for, in one region and in US dollars. */
public sealed interface PricedItem {
    /** One hour of an on-demand instance with Linux and shared tenancy. */
    record InstanceHour(String instanceType) implements PricedItem {
        public InstanceHour {
            requireNonNull(instanceType, "instanceType is null");
        }
    }

    /**
     * One hour of a spot instance with Linux.
     *
     * @param zone the Availability Zone, or an empty text if it is unknown
     * @param at the time whose price counts
     */
    record SpotInstanceHour(String instanceType, String zone, Instant at) implements PricedItem {
        public SpotInstanceHour {
            requireNonNull(instanceType, "instanceType is null");
            requireNonNull(zone, "zone is null");
            requireNonNull(at, "at is null");
        }
    }

    /** One GiB of an EBS volume in a month, such as of type {@code gp3}. */
    record VolumeMonth(String volumeType) implements PricedItem {
        public VolumeMonth {
            requireNonNull(volumeType, "volumeType is null");
        }
    }

    /** One second of a Lambda function with 1 GiB of memory. */
    record LambdaGbSecond(String architecture) implements PricedItem {
        public LambdaGbSecond {
            requireNonNull(architecture, "architecture is null");
        }
    }

    /** One invocation of a Lambda function. */
    record LambdaRequest(String architecture) implements PricedItem {
        public LambdaRequest {
            requireNonNull(architecture, "architecture is null");
        }
    }

    /** One state transition of a standard workflow of Step Functions. */
    record StateTransition() implements PricedItem {}
}
