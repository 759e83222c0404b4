using Contracts.Messaging;

namespace Contracts.Timers;

/// <summary>The message types of timers.</summary>
public static class TimerMessages
{
    /// <summary>The topic of timer messages; also the slice's name.</summary>
    public const string Topic = "timers";

    /// <summary>Creates, keyed by the timer: both contenders for one key meet in one partition.</summary>
    public static MessageType<TimerScheduled> Scheduled { get; } =
        new(Topic, "timer.scheduled", Version: 1, message => KeyOf(message.TimerId), TimersJson.Default.TimerScheduled)
        {
            Show = Shown,
            Restore = Restored,
            ShowUnreadable = SensitiveText.Masked,
        };

    /// <summary>The message key of a timer.</summary>
    public static string KeyOf(Guid timer) => timer.ToString("D");

    /// <summary>With masks for what was put on the log as it was: by earlier releases, or for lack of a key.</summary>
    private static TimerScheduled Shown(TimerScheduled message)
    {
        var spec = SensitiveParts.Masked(message.Spec);
        return ReferenceEquals(spec, message.Spec) ? message : message with { Spec = spec };
    }

    private static TimerScheduled? Restored(TimerScheduled message, TimerScheduled edited)
    {
        // Of what is encrypted the masks are part of the message. It can be decrypted for this timer and this receiver alone: for others
        // the timer would wait for ever.
        if (edited.Spec.Sealed is { } parts)
        {
            return parts == message.Spec.Sealed && edited.TimerId == message.TimerId
                && SensitiveParts.HaveOneReceiver(message.Spec, edited.Spec) ? edited : null;
        }

        var (spec, missing) = SensitiveParts.Restored(message.Spec, edited.Spec);
        return missing.Count > 0 || (!ReferenceEquals(spec, edited.Spec) && !SensitiveParts.HaveOneReceiver(message.Spec, spec)) ? null
            : edited with { Spec = spec };
    }
}
