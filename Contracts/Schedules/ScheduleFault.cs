namespace Contracts.Schedules;

/// <summary>Why a schedule cannot be understood, or can never run.</summary>
/// <param name="Field">The field, as clients call it: <c>cron</c>, <c>rrule</c>, <c>at[2]</c>.</param>
/// <param name="Character">Which of the field's characters is wrong, from 1; null where the whole field is.</param>
/// <param name="Message">What is wrong with it and, where it can be told, what was meant.</param>
public sealed record ScheduleFault(string Field, int? Character, string Message)
{
    /// <summary>The message, behind the character that it is about.</summary>
    public string Text => Character is { } character ? $"character {character}: {Message}" : Message;
}
