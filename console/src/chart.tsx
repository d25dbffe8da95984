import { useId } from "preact/hooks";
import { number, text } from "./texts";
import { Table } from "./ui";

/** A point of a chart; both shares are from 0 to 1. */
export interface Point {
  x: number;
  y: number;
  /** What it stands for, shown at the pointer. */
  name: string;
  /** Its radius, in the units of the picture. */
  size?: number;
}

const WIDTH = 400;
const HEIGHT = 200;
const LEFT = 50;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 30;

function across(x: number): number {
  return LEFT + x * (WIDTH - LEFT - RIGHT);
}

function down(y: number): number {
  return HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM);
}

export function percent(share: number): string {
  return `${number(Math.round(share * 1000) / 10)} %`;
}

/**
 * Shares from 0 to 100 %, as points. The same figures are in a table below it, for everybody who can't see the picture or wants
 * to read them.
 */
export function Chart(props: {
  label: string;
  points: Point[];
  /** Joins the points. */
  line?: boolean;
  /** Draws the diagonal, on which both shares are equal. */
  diagonal?: boolean;
  xAxis: string;
  head: string[];
  rows: string[][];
}) {
  const title = useId();
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={title}>
        <title id={title}>{props.label}</title>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line class="rule" x1={LEFT} x2={WIDTH - RIGHT} y1={down(share)} y2={down(share)} />
            <text x={LEFT - 6} y={down(share) + 4} text-anchor="end">
              {percent(share)}
            </text>
          </g>
        ))}
        {props.diagonal && <line class="ideal" x1={across(0)} y1={down(0)} x2={across(1)} y2={down(1)} />}
        {props.line && props.points.length > 1 && (
          <polyline class="series" points={props.points.map((point) => `${across(point.x)},${down(point.y)}`).join(" ")} />
        )}
        {props.points.map((point, index) => (
          <circle key={index} cx={across(point.x)} cy={down(point.y)} r={point.size ?? 4}>
            <title>{point.name}</title>
          </circle>
        ))}
        <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 8} text-anchor="middle">
          {props.xAxis}
        </text>
      </svg>
      <details>
        <summary>{text("chart.table")}</summary>
        <Table label={props.label} head={props.head}>
          {props.rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td key={column} class={column === 0 ? "" : "number"}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
}
