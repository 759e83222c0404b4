using Contracts.Live;
using Infrastructure;
using Infrastructure.Hosting;
using Infrastructure.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Tests.Infrastructure;

/// <summary>Which feed live streams read: one that all processes write to, or none.</summary>
public sealed class LiveEnginesTests
{
    [TestCase("", typeof(InProcessFeed), true)]
    [TestCase("Kafka=127.0.0.1:9,MongoDb=mongodb://127.0.0.1:9/t,Redis=127.0.0.1:9", typeof(RedisFeed), true)]
    [TestCase("Kafka=127.0.0.1:9,MongoDb=mongodb://127.0.0.1:9/t", typeof(UnsharedFeed), false)]
    [TestCase("RabbitMq=amqp://127.0.0.1:9,MongoDb=mongodb://127.0.0.1:9/t", typeof(UnsharedFeed), false)]
    public void The_feed_is_in_the_process_where_that_is_all_there_is_else_in_redis_else_there_is_none(
        string engines, Type feed, bool isTold)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(engines.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(
            engine => engine.Split('=', 2)).Select(pair => KeyValuePair.Create($"ConnectionStrings:{pair[0]}", (string?)pair[1])));

        builder.AddEngines(ServiceRoles.Consumer);

        var services = builder.Services.Where(service => !service.IsKeyedService).ToList();
        Assert.That(services.Single(service => service.ServiceType == typeof(ILiveFeed)).ImplementationType, Is.EqualTo(feed));
        var notices = services.Single(service => service.ServiceType == typeof(ILiveNotices));
        Assert.That(notices.ImplementationType == typeof(NoNotices), Is.EqualTo(!isTold));
    }
}
