namespace Tests.Producer;

/// <summary>A request's trace, where it brought one.</summary>
public sealed class TraceTests : RestTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Test]
    public async Task The_trace_that_a_request_brought_is_named_in_its_problem()
    {
        var answer = await PostAsync(Timers, "{}", ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"), ("tracestate", "vendor=1"));

        Assert.That((answer.Status, answer["traceId"].Split('-')[1]), Is.EqualTo((400, Trace)), answer.Text);
    }

    [TestCase(null)]
    [TestCase("nonsense")]
    public async Task Without_a_trace_the_request_has_a_name_of_its_own(string? parent)
    {
        var first = await PostAsync(Timers, "{}", parent is null ? [] : [("traceparent", parent)]);
        var second = await PostAsync(Timers, "{}");

        Assert.That(first.Status, Is.EqualTo(400));
        Assert.That(first["traceId"], Is.Not.Empty.And.Not.EqualTo(second["traceId"]));
    }
}
