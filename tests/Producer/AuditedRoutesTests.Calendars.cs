namespace Tests.Producer;

/// <content>Calendars.</content>
public sealed partial class AuditedRoutesTests
{
    [Test]
    public async Task Calendars_tell_what_they_were_and_became()
    {
        const string Path = "/api/v1/calendars/audited";
        await SendAsync(HttpMethod.Put, Path, Content(new { exclude = new[] { "SAT" } }));
        var first = await EntryAsync("putCalendar", Path);
        Assert.That((first.Before, first.After?.Length), Is.EqualTo(((string?)null, (int?)64)));
        await SendAsync(HttpMethod.Put, Path, Content(new { exclude = new[] { "SUN" } }));
        AssertBoth(await EntryAsync("putCalendar", Path));
        await DeleteAsync(Path);
        await AssertChainAsync(("putCalendar", Path), ("deleteCalendar", Path));
        Assert.That((await EntryAsync("deleteCalendar", Path)).After, Is.Null);
    }
}
