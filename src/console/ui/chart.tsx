import { BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { SERIES, SERIES_DARK } from '../theme/palette.ts';
import { FONTS, useTheme } from '../theme/theme.tsx';

use([
  BarChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  SankeyChart,
  AriaComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

// biome-ignore lint/suspicious/noExplicitAny: an ECharts option is a tree of literals whose full type costs seconds of checking
export type ChartOption = Record<string, any>;

function chartTheme(dark: boolean): ChartOption {
  const text = dark ? '#c9d6db' : '#33474f';
  const line = dark ? '#33444b' : '#dfe7ea';
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: text, hideOverlap: true },
    splitLine: { lineStyle: { color: line, type: 'dashed' } },
    nameTextStyle: { color: text },
  };
  return {
    color: dark ? SERIES_DARK : SERIES,
    backgroundColor: 'transparent',
    textStyle: { color: text, fontFamily: FONTS },
    legend: { textStyle: { color: text }, icon: 'roundRect', itemWidth: 12, itemHeight: 8 },
    tooltip: { backgroundColor: dark ? '#1d282d' : '#ffffff', borderColor: line, textStyle: { color: text }, confine: true },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    line: { symbolSize: 6, lineStyle: { width: 2 } },
    bar: { itemStyle: { borderRadius: [3, 3, 0, 0] } },
    sankey: { label: { color: text } },
  };
}

interface ChartProps {
  option: ChartOption;
  height?: number;
  label: string;
  onClick?: (what: { name: string; seriesName?: string; dataIndex: number; data: unknown; dataType?: string }) => void;
}

export function Chart({ option, height = 300, label, onClick }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const click = useRef(onClick);
  click.current = onClick;
  const { dark } = useTheme();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme can only be set when the chart is made
  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current, chartTheme(dark));
    chart.current = made;
    made.setOption({ aria: { enabled: true }, animationDuration: 350, ...option });
    // biome-ignore lint/suspicious/noExplicitAny: the event's type differs by series
    made.on('click', (what: any) => click.current?.(what));
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [dark]);

  useEffect(() => {
    chart.current?.setOption({ aria: { enabled: true }, animationDuration: 350, ...option }, { notMerge: true });
  }, [option]);

  return <div ref={box} role="img" aria-label={label} style={{ width: '100%', height, cursor: onClick ? 'pointer' : undefined }} />;
}
