using Contracts.Messaging;

namespace Contracts.Timers;

/// <summary>The message types of timers.</summary>
public static class TimerMessages
{
    /// <summary>The topic of timer messages; also the slice's name.</summary>
    public const string Topic = "timers";

    /// <summary>Creates, keyed by the timer: both contenders for one key meet in one partition.</summary>
    public static MessageType<TimerScheduled> Scheduled { get; } =
        new(Topic, "timer.scheduled", Version: 1, message => KeyOf(message.TimerId), TimersJson.Default.TimerScheduled);

    /// <summary>The message key of a timer.</summary>
    public static string KeyOf(Guid timer) => timer.ToString("D");
}
