namespace Producer.Timers;

/// <summary>The timers' base path.</summary>
internal static class TimerRoutes
{
    public const string Root = "/api/v1/timers";

    public static string Of(string id) => $"{Root}/{id}";
}
