using Contracts.Events;
using Contracts.Messaging;
using Contracts.Sites;

namespace Tests.Contract.Sites;

[Parallelizable]
public sealed class KafkaSitesLogTests : SliceLogContract<SiteEventsReceived>
{
    protected override MessageType<SiteEventsReceived> Type => SiteMessages.Received;

    protected override SiteEventsReceived Create(string key, int number) =>
        new(key, [new SiteEvent(number, SiteEvent.PageView, "/", $"e{number}")], new EventStamp());

    protected override int NumberOf(SiteEventsReceived message) => (int)message.Events[0].At;
}
