using Contracts.Devices;
using Contracts.Events;
using Contracts.Messaging;

namespace Tests.Contract.Devices;

[Parallelizable]
public sealed class KafkaDevicesLogTests : SliceLogContract<ReadingsReceived>
{
    protected override MessageType<ReadingsReceived> Type => DeviceMessages.Received;

    protected override ReadingsReceived Create(string key, int number) => new(key, [number], [1], new EventStamp());

    protected override int NumberOf(ReadingsReceived message) => (int)message.At[0];
}
