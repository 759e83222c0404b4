namespace Producer.Docs;

/// <summary>The routes of the service itself: health and metrics.</summary>
internal sealed class ServiceApiTexts : ApiTexts
{
    public static ServiceApiTexts Instance { get; } = new();

    public override string Answer(string operation, string status) => operation switch
    {
        "ready" => """{ "status": "ready", "version": "0.1.0" }""",
        "metrics" => "# TYPE timers_inflight gauge\ntimers_inflight 42\n",
        _ => """{ "status": "ok", "version": "0.1.0" }""",
    };
}
