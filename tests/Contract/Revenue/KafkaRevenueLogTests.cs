using Contracts.Events;
using Contracts.Messaging;
using Contracts.Revenue;

namespace Tests.Contract.Revenue;

[Parallelizable]
public sealed class KafkaRevenueLogTests : SliceLogContract<RevenueReceived>
{
    protected override MessageType<RevenueReceived> Type => RevenueMessages.Received;

    protected override RevenueReceived Create(string key, int number) =>
        new(key, [new RevenueEvent($"e{number}", "add_revenue", RevenueSign.Add, Amount.Of(1), "EUR", number)], new EventStamp());

    protected override int NumberOf(RevenueReceived message) => (int)message.Events[0].At;
}
