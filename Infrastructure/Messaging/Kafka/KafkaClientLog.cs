using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Messaging.Kafka;

/// <summary>Passes librdkafka's log lines on; while a broker is away it repeats itself every second.</summary>
internal sealed partial class KafkaClientLog(ILogger<KafkaClientLog> logger, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Since, int Suppressed)> told = new(StringComparer.Ordinal);

    public void Write(LogMessage message) => Write(message.Facility, message.Message, message.Level <= SyslogLevel.Error);

    public void Write(Error error) => Write(error.Code.ToString(), error.Reason, error.IsFatal);

    private void Write(string kind, string message, bool isSerious)
    {
        int suppressed;
        lock (gate)
        {
            if (told.TryGetValue(kind, out var last) && time.GetElapsedTime(last.Since) < Quiet)
            {
                told[kind] = last with { Suppressed = last.Suppressed + 1 };
                return;
            }

            suppressed = last.Suppressed;
            told[kind] = (time.GetTimestamp(), 0);
        }

        LogLine(isSerious ? LogLevel.Warning : LogLevel.Information, kind, message, suppressed);
    }

    [LoggerMessage(EventId = 4001, Message = "Kafka client, {Kind}: {Message} ({Suppressed} similar lines suppressed since the last one)")]
    private partial void LogLine(LogLevel level, string kind, string message, int suppressed);
}
