import type { Key } from "./texts";

export interface Link {
  name: Key;
  href: string;
}

/** The part of a run's report that links are made of. */
interface Linked {
  execution: string;
  instance_id?: string;
  command_id?: string;
  output?: { log_group: string; stdout_stream: string };
}

/** The account of the local application, which has no pages in AWS's console. */
const LOCAL_ACCOUNT = "000000000000";

/** Links into AWS's console for a run. */
export function linksOf(run: Linked): Link[] {
  const [, partition, , region, account] = run.execution.split(":");
  if (account === LOCAL_ACCOUNT || !region) {
    return [];
  }
  const console = `https://${region}.${domain(partition!)}`;
  const query = `/home?region=${region}#`;
  const { instance_id: instance, command_id: command, output } = run;
  return [
    { name: "run.link.execution", href: `${console}/states${query}/v2/executions/details/${run.execution}` },
    ...(instance ? [{ name: "run.link.instance" as const, href: `${console}/ec2${query}InstanceDetails:instanceId=${instance}` }] : []),
    ...(command
      ? [{ name: "run.link.command" as const, href: `${console}/systems-manager/run-command/${command}?region=${region}` }]
      : []),
    ...(output
      ? [
          {
            name: "run.link.output" as const,
            href:
              `${console}/cloudwatch${query}logsV2:log-groups/log-group/${encoded(output.log_group)}` +
              `/log-events/${encoded(output.stdout_stream)}`,
          },
        ]
      : []),
  ];
}

function domain(partition: string): string {
  return partition === "aws-cn"
    ? "console.amazonaws.cn"
    : partition === "aws-us-gov"
      ? "console.amazonaws-us-gov.com"
      : "console.aws.amazon.com";
}

/** The console's own encoding of names in its fragment: percent-encoding, twice, with a dollar sign. */
function encoded(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replaceAll("%", "$");
}
