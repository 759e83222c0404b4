namespace Contracts.Schedules;

/// <summary>FREQ of a recurrence rule, from the longest to the shortest.</summary>
internal enum RuleFrequency
{
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    Minutely,
    Secondly,
}
