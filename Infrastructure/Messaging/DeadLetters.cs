using Contracts.Messaging;

namespace Infrastructure.Messaging;

/// <summary>Makes dead letters.</summary>
internal static class DeadLetters
{
    /// <summary>For a message that could not be read or applied.</summary>
    public static DeadLetter Of(LogEntry entry, string topic, Exception reason, TimeProvider time) => new()
    {
        Id = DeadLetter.IdOf(topic, entry.Source),
        Tenant = entry.Tenant,
        Topic = topic,
        Type = entry.Message is UnreadableMessage unreadable ? unreadable.Type : entry.Route.Type.Name,
        Key = entry.Route.KeyOf(entry.Message),
        Content = entry.Route.Write(entry.Message),
        Position = entry.Source,
        Reason = ReasonOf(reason),
        Exception = ClassOf(reason),
        DiedAt = time.GetUtcNow(),
    };

    /// <summary>The reason, within bounds: some exceptions quote their input.</summary>
    public static string ReasonOf(Exception reason) =>
        reason.Message.Length > DeadLetter.MaxReasonCharacters ? reason.Message[..DeadLetter.MaxReasonCharacters] : reason.Message;

    /// <summary>The class of the original failure, not of the exception that wraps it.</summary>
    public static string ClassOf(Exception reason) =>
        (reason is MessageRejectedException { InnerException: { } inner } ? inner : reason).GetType().FullName!;
}
