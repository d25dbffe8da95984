package dev.wakebox.cli;

import dev.wakebox.cli.DeployedStack.Answer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The answers of an account in which nothing is wrong, in AWS's shapes: for the operations that {@code doctor} calls. */
final class HealthyAccount {
    static final String INSTANCE = "i-0123456789abcdef0";
    private static final String EC2 = "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"";

    private HealthyAccount() {}

    static Map<String, Function<String, Answer>> answers() {
        var answers = new ConcurrentHashMap<String, Function<String, Answer>>();
        say(answers, "GetCallerIdentity", """
                <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
                <Arn>arn:aws:iam::111122223333:user/ada</Arn><UserId>AIDA</UserId><Account>111122223333</Account>
                </GetCallerIdentityResult></GetCallerIdentityResponse>""");
        say(answers, "DescribeInstances", instance("stopped", "arn:aws:iam::111122223333:instance-profile/trainer"));
        say(answers, "GetInstanceProfile", """
                <GetInstanceProfileResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetInstanceProfileResult>
                <InstanceProfile><Path>/</Path><InstanceProfileName>trainer</InstanceProfileName>
                <InstanceProfileId>AIPA</InstanceProfileId><Arn>arn:aws:iam::111122223333:instance-profile/trainer</Arn>
                <CreateDate>2025-01-01T00:00:00Z</CreateDate><Roles><member><Path>/</Path><RoleName>trainer</RoleName>
                <RoleId>AROA</RoleId><Arn>arn:aws:iam::111122223333:role/wakebox/trainer</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>
                </member></Roles></InstanceProfile></GetInstanceProfileResult></GetInstanceProfileResponse>""");
        say(answers, "SimulatePrincipalPolicy", simulation("allowed"));
        say(answers, "DescribeInstanceInformation", """
                {"InstanceInformationList": [{"InstanceId": "i-0123456789abcdef0", "PingStatus": "ConnectionLost",
                 "LastPingDateTime": 1.7643E9, "AgentVersion": "3.3.2299.0", "PlatformType": "Linux"}]}""");
        say(answers, "DescribeSubnets", """
                <DescribeSubnetsResponse %s><subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
                <availabilityZone>eu-west-1a</availabilityZone><mapPublicIpOnLaunch>true</mapPublicIpOnLaunch></item>
                </subnetSet></DescribeSubnetsResponse>""".formatted(EC2));
        say(answers, "DescribeRouteTables", routes("<gatewayId>igw-1</gatewayId><state>active</state>"));
        say(
                answers,
                "DescribeVpcEndpoints",
                "<DescribeVpcEndpointsResponse %s><vpcEndpointSet/></DescribeVpcEndpointsResponse>".formatted(EC2));
        say(answers, "DescribeVpcs", """
                <DescribeVpcsResponse %s><vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault></item></vpcSet>
                </DescribeVpcsResponse>""".formatted(EC2));
        say(answers, "DescribeImages", image("al2023-ami-2023.9.20251117.1-kernel-6.1-arm64", "arm64"));
        say(answers, "DescribeInstanceTypes", """
                <DescribeInstanceTypesResponse %s><instanceTypeSet><item><instanceType>t4g.small</instanceType>
                <processorInfo><supportedArchitectures><item>arm64</item></supportedArchitectures></processorInfo>
                <vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo></item></instanceTypeSet></DescribeInstanceTypesResponse>""".formatted(EC2));
        say(answers, "GET /2016-08-19/account-settings", """
                {"AccountLimit": {"CodeSizeUnzipped": 262144000, "CodeSizeZipped": 52428800, "ConcurrentExecutions": 1000,
                 "TotalCodeSize": 80530636800, "UnreservedConcurrentExecutions": 1000},
                 "AccountUsage": {"FunctionCount": 3, "TotalCodeSize": 91}}""");
        say(answers, "GetServiceQuota", quota(64));
        say(answers, "DescribeParameters", """
                {"Parameters": [{"Name": "/wakebox/jwt-secret", "Type": "SecureString", "Version": 1}]}""");
        answers.put("DescribeSecret", _ -> new Answer(200, """
                {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:platform-AbCdEf", "Name": "platform"}"""));
        say(answers, "DescribeKey", """
                {"KeyMetadata": {"KeyId": "01234567-0123-0123-0123-0123456789ab", "Enabled": true, "KeyState": "Enabled"}}""");
        say(answers, "GET /v2/email/account", """
                {"ProductionAccessEnabled": true, "SendingEnabled": true, "EnforcementStatus": "HEALTHY"}""");
        say(answers, "GET /v2/email/identities/example.org", "{\"VerifiedForSendingStatus\": true}");
        say(answers, "ListSubscriptions", subscription("arn:aws:sns:eu-west-1:111122223333:prod-AlarmTopic-X:0a1b"));
        for (String name : new String[] {"data", "models"}) {
            say(answers, "HEAD /prod-" + name + "-111122223333-eu-west-1", "");
        }
        return answers;
    }

    static String simulation(String decision) {
        return """
                <SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>
                <IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>ssm:UpdateInstanceInformation</EvalActionName>
                <EvalResourceName>*</EvalResourceName><EvalDecision>%s</EvalDecision></member></EvaluationResults>
                </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>""".formatted(decision);
    }

    static String subscription(String arn) {
        return """
                <ListSubscriptionsResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsResult><Subscriptions>
                <member><TopicArn>arn:aws:sns:eu-west-1:111122223333:prod-AlarmTopic-X</TopicArn><Protocol>email</Protocol>
                <SubscriptionArn>%s</SubscriptionArn><Owner>111122223333</Owner><Endpoint>me@example.org</Endpoint></member>
                </Subscriptions></ListSubscriptionsResult></ListSubscriptionsResponse>""".formatted(arn);
    }

    static String instance(String state, String profile) {
        return """
                <DescribeInstancesResponse %s><reservationSet><item><instancesSet><item>
                <instanceId>i-0123456789abcdef0</instanceId><imageId>ami-1</imageId><instanceType>g5.xlarge</instanceType>
                <instanceState><code>80</code><name>%s</name></instanceState><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
                %s<cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>
                </item></instancesSet></item></reservationSet></DescribeInstancesResponse>""".formatted(
                        EC2,
                        state,
                        profile.isEmpty()
                                ? ""
                                : "<iamInstanceProfile><arn>" + profile + "</arn><id>AIPA</id></iamInstanceProfile>");
    }

    static String routes(String target) {
        return """
                <DescribeRouteTablesResponse %s><routeTableSet><item><routeTableId>rtb-1</routeTableId><routeSet>
                <item><destinationCidrBlock>172.31.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item>
                <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>%s</item>
                </routeSet></item></routeTableSet></DescribeRouteTablesResponse>""".formatted(EC2, target);
    }

    static String image(String name, String architecture) {
        return """
                <DescribeImagesResponse %s><imagesSet><item><imageId>ami-1</imageId><imageState>available</imageState>
                <name>%s</name><architecture>%s</architecture><imageOwnerAlias>amazon</imageOwnerAlias></item></imagesSet>
                </DescribeImagesResponse>""".formatted(EC2, name, architecture);
    }

    static String quota(int value) {
        return """
                {"Quota": {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A", "Value": %d.0, "Unit": "None", "Adjustable": true}}""".formatted(value);
    }

    static String ec2Error(String code) {
        return "<Response><Errors><Error><Code>" + code
                + "</Code><Message>No.</Message></Error></Errors><RequestID>r</RequestID></Response>";
    }

    private static void say(Map<String, Function<String, Answer>> answers, String operation, String text) {
        answers.put(operation, _ -> new Answer(200, text));
    }
}
