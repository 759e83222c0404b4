using System.Globalization;
using Contracts.Events;
using Contracts.Items;
using Contracts.Messaging;

namespace Tests.Contract.Items;

[Parallelizable]
public sealed class KafkaItemsLogTests : SliceLogContract<ItemTransferred>
{
    protected override MessageType<ItemTransferred> Type => ItemMessages.ItemTransferred;

    protected override ItemTransferred Create(string key, int number) => new(
        Guid.Parse(key), number.ToString(CultureInfo.InvariantCulture), Guid.Parse(key), number, new EventStamp());

    protected override int NumberOf(ItemTransferred message) => (int)message.At;
}
