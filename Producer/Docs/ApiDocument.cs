using Infrastructure.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Producer.Docs;

/// <summary>The OpenAPI document at /openapi/v1.json and the page that shows it at /docs.</summary>
internal static class ApiDocument
{
    public const string Route = "/openapi/v1.json";

    private const string Page = "/docs";

    /// <summary>The page's own scripts and nothing else; it writes styles and icons into itself.</summary>
    private const string OfPage = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; "
        + "base-uri 'none'; form-action 'none'";

    private static readonly OpenPath OpenPage = new(Page);

    public static void AddApiDocument(this IServiceCollection services) => services.AddSingleton(OpenPage).AddOpenApi("v1", options =>
    {
        // HEAD is wherever GET is; as operations of their own they would say everything twice.
        options.ShouldInclude = description => description.HttpMethod != HttpMethods.Head;
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Timers",
                Version = Health.Version,
                Description = "Timers that fire webhooks: on time, exactly once where that can be had, at least once where it cannot.",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            };
            document.Servers = [];
            AddKeys(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
            {
                operation.Security = [];
            }

            return Task.CompletedTask;
        });
        options.AddSchemaTransformer<ApiSchemas>();
        options.AddOperationTransformer<ApiParameters>();
        options.AddOperationTransformer<ApiExamples>();
        options.AddDocumentTransformer<ApiBounds>();
    });

    /// <summary>How a key is sent, in either of two headers; the operations that need none say so.</summary>
    private static void AddKeys(OpenApiDocument document)
    {
        document.AddComponent<IOpenApiSecurityScheme>("bearer", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key: `Authorization: Bearer tmr_…`. Needed as soon as there is one.",
        });
        document.AddComponent<IOpenApiSecurityScheme>("key", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "X-Api-Key",
            Description = "The same key in a header of its own.",
        });
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] },
        ];
    }

    /// <summary>The descriptions by the slice that mapped an operation.</summary>
    public static ApiTexts TextsOf(OpenApiOperationTransformerContext context) =>
        context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiTexts>().LastOrDefault() ?? ServiceApiTexts.Instance;

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi(Route.Replace("v1", "{documentName}", StringComparison.Ordinal)).AllowAnonymous().WithHead();

        // Outside the pipeline of all other requests, so that these do not pass through it.
        app.UseWhen(context => context.Request.Path.StartsWithSegments(Page, StringComparison.Ordinal), docs => docs
            .Use((context, next) =>
            {
                context.Response.Headers.ContentSecurityPolicy = OfPage;
                return next(context);
            })
            .UseSwaggerUI(ui =>
            {
                ui.RoutePrefix = "docs";
                ui.DocumentTitle = "Timers";
                ui.SwaggerEndpoint(Route, "Timers");
            }));
    }
}
