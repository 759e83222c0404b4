using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Infrastructure.Hosting;

/// <summary>Writes what OpenTelemetry has gathered in Prometheus' text format 0.0.4.</summary>
internal sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock single = new();
    private readonly Exporter exporter = new();

    public PrometheusText() => Reader = new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };

    public MetricReader Reader { get; }

    public string Write()
    {
        lock (single)
        {
            exporter.Text.Clear();
            Reader.Collect();
            return exporter.Text.ToString();
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        exporter.Dispose();
    }

    // "Push" lets Collect be called by whoever wants the metrics; "Pull" alone reserves it for OpenTelemetry's own scope.
    [ExportModes(ExportModes.Push | ExportModes.Pull)]
    private sealed class Exporter : BaseExporter<Metric>
    {
        public StringBuilder Text { get; } = new();

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                Append(metric);
            }

            return ExportResult.Success;
        }

        private void Append(Metric metric)
        {
            var name = Name(metric);
            var type = metric.MetricType switch
            {
                MetricType.Histogram or MetricType.ExponentialHistogram => "histogram",
                MetricType.LongSum or MetricType.DoubleSum => "counter",
                _ => "gauge",
            };
            if (metric.MetricType == MetricType.ExponentialHistogram)
            {
                return;
            }

            Text.Append("# HELP ").Append(name).Append(' ').Append(metric.Description.Replace('\n', ' ')).Append('\n');
            Text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                AppendPoint(metric.MetricType, name, point);
            }
        }

        private void AppendPoint(MetricType type, string name, in MetricPoint point)
        {
            var labels = Labels(point);
            switch (type)
            {
                case MetricType.Histogram:
                    long below = 0;
                    foreach (var bucket in point.GetHistogramBuckets())
                    {
                        below += bucket.BucketCount;
                        var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound);
                        AppendSample(name + "_bucket", Join(labels, $"le=\"{bound}\""), Number(below));
                    }

                    AppendSample(name + "_sum", labels, Number(point.GetHistogramSum()));
                    AppendSample(name + "_count", labels, Number(point.GetHistogramCount()));
                    break;
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    AppendSample(name, labels, Number(point.GetSumLong()));
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    AppendSample(name, labels, Number(point.GetSumDouble()));
                    break;
                case MetricType.LongGauge:
                    AppendSample(name, labels, Number(point.GetGaugeLastValueLong()));
                    break;
                default:
                    AppendSample(name, labels, Number(point.GetGaugeLastValueDouble()));
                    break;
            }
        }

        private void AppendSample(string name, string labels, string value)
        {
            Text.Append(name);
            if (labels.Length > 0)
            {
                Text.Append('{').Append(labels).Append('}');
            }

            Text.Append(' ').Append(value).Append('\n');
        }

        private static string Labels(in MetricPoint point)
        {
            var labels = string.Empty;
            foreach (var (key, value) in point.Tags)
            {
                var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
                labels = Join(labels, $"{Word(key)}=\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"");
            }

            return labels;
        }

        private static string Join(string labels, string label) => labels.Length == 0 ? label : $"{labels},{label}";

        /// <summary>Dots become underscores, the unit and, of counters, "total" are added, as OpenTelemetry's compatibility rules say.</summary>
        private static string Name(Metric metric)
        {
            var name = Word(metric.Name);
            var unit = metric.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => string.Empty };
            if (!name.EndsWith(unit, StringComparison.Ordinal))
            {
                name += unit;
            }

            return metric.MetricType is MetricType.LongSum or MetricType.DoubleSum && !name.EndsWith("_total", StringComparison.Ordinal)
                ? name + "_total"
                : name;
        }

        private static string Word(string text) =>
            string.Create(text.Length, text, (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
                }
            });

        private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }
}
