using Contracts.Messaging;
using Contracts.Timers;
using Tests.Support;

namespace Tests.Contract;

[Parallelizable]
public sealed class KafkaTimersLogTests : SliceLogContract<TimerScheduled>
{
    protected override MessageType<TimerScheduled> Type => TimerMessages.Scheduled;

    protected override TimerScheduled Create(string key, int number) =>
        ATimer.New().WithId(Guid.Parse(key)).WithFingerprint(number).Build();

    protected override int NumberOf(TimerScheduled message) => (int)message.Fingerprint!;
}
