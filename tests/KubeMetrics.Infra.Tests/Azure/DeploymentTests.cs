using System.Text.Json.Nodes;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Infra.Tests.Azure;

/// <summary>What a deployment would make, and what it refuses before anything is made.</summary>
public sealed class DeploymentTests : IDisposable
{
    private const string Least = "param settings = { State: 's3://metrics/state' }\nparam secretSettings = []\n";

    private readonly Bicep _bicep = new();

    public void Dispose() => _bicep.Dispose();

    // Reckoned once for all tests that look at it.
    private static Task<(Deployment? Made, string Found)>? _least;

    private async Task<Deployment> MadeAsync(string parameters = Least)
    {
        var (made, found) = await (parameters == Least ? _least ??= _bicep.DeployAsync(Least) : _bicep.DeployAsync(parameters));
        Assert.True(made is not null, found);
        return made;
    }

    private static string? Text(JsonObject resource, string path) => Deployment.At(resource, path)?.ToString();

    [Fact]
    public async Task The_app_is_on_Flex_Consumption_with_dotnet_10_and_no_more_memory_than_there_is()
    {
        var made = await MadeAsync();
        Assert.Equal(("FlexConsumption", "FC1"), (Text(made.One("Microsoft.Web/serverfarms"), "sku.tier"), Text(made.One("Microsoft.Web/serverfarms"), "sku.name")));
        Assert.Equal(("dotnet-isolated", "10.0"), (Text(made.App, "properties.functionAppConfig.runtime.name"), Text(made.App, "properties.functionAppConfig.runtime.version")));
        Assert.InRange(Deployment.At(made.App, "properties.functionAppConfig.scaleAndConcurrency.instanceMemoryMB")!.GetValue<int>(), 512, 4096);
        // The host has its part of it.
        Assert.Equal(("2048MiB", "1024MiB"), (made.Settings["Analysis__Memory"], (await MadeAsync(Least + "param memory = 2048")).Settings["Analysis__Memory"]));
        Assert.Contains("8192", (await _bicep.DeployAsync(Least + "param memory = 8192")).Found);
    }

    [Fact]
    public async Task Everything_takes_TLS_1_2_alone_and_the_app_no_passwords()
    {
        var made = await MadeAsync();
        Assert.Equal("true", Text(made.App, "properties.httpsOnly"));
        Assert.Equal(("1.2", "1.2"), (Text(made.App, "properties.siteConfig.minTlsVersion"), Text(made.App, "properties.siteConfig.scmMinTlsVersion")));
        // Flex Consumption refuses a site that says these (error 51021), on the newer of its stamps.
        var config = Deployment.At(made.App, "properties.siteConfig")!.AsObject();
        Assert.DoesNotContain(config, one => one.Key is "ftpsState" or "linuxFxVersion" or "netFrameworkVersion" or "alwaysOn" or "vnetRouteAllEnabled" or "use32BitWorkerProcess" or "appSettings");
        Assert.Equal(["false", "false"], made.All("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Select(one => Text(one, "properties.allow")));
        var storage = made.One("Microsoft.Storage/storageAccounts");
        Assert.Equal(("TLS1_2", "true"), (Text(storage, "properties.minimumTlsVersion"), Text(storage, "properties.supportsHttpsTrafficOnly")));
        Assert.Equal("1.2", Text(made.One("Microsoft.EventGrid/topics"), "properties.minimumTlsVersionAllowed"));
    }

    [Fact]
    public async Task The_hosts_account_is_reached_by_identity_and_takes_no_keys()
    {
        var made = await MadeAsync();
        var storage = made.One("Microsoft.Storage/storageAccounts");
        Assert.Equal(("false", "false"), (Text(storage, "properties.allowSharedKeyAccess"), Text(storage, "properties.allowBlobPublicAccess")));
        Assert.Equal((Deployment.Name(storage), "managedidentity"), (made.Settings["AzureWebJobsStorage__accountName"], made.Settings["AzureWebJobsStorage__credential"]));
        Assert.DoesNotContain("AzureWebJobsStorage", made.Settings.Keys);
        Assert.Equal("UserAssignedIdentity", Text(made.App, "properties.functionAppConfig.deployment.storage.authentication.type"));
        // The end of the address is the cloud's own, and stays an expression.
        Assert.Contains(Containers(made), container => Text(made.App, "properties.functionAppConfig.deployment.storage.value")!.EndsWith($"'{container}')]", StringComparison.Ordinal));
        // Storage Blob Data Owner, Storage Table Data Contributor, Key Vault Secrets User, Monitoring Metrics Publisher, EventGrid Data
        // Sender, and for the topic Storage Blob Data Contributor: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
        Assert.Equal(
            ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", "3913510d-42f4-4e42-8a64-420c390055eb", "4633458b-17de-408a-b874-0445c86b69e6", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "d5a91429-5739-47e2-a06b-3470a27159e7"],
            made.All("Microsoft.Authorization/roleAssignments").Select(one => Text(one, "properties.roleDefinitionId")!.Split('/')[^1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_setting_that_a_trigger_asks_for_is_an_app_setting()
    {
        var made = await MadeAsync();
        Assert.All(TriggerSettings.Read(), setting => Assert.Contains(setting, made.Settings.Keys));
    }

    [Fact]
    public async Task Nothing_that_Flex_Consumption_refuses_is_an_app_setting()
    {
        // https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
        string[] refused = ["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE", "SCM_DO_BUILD_DURING_DEPLOYMENT"];
        Assert.Empty((await MadeAsync()).Settings.Keys.Intersect(refused));
    }

    [Fact]
    public async Task The_samples_settings_are_ones_that_the_app_takes()
    {
        var sample = _bicep.Read("main.bicepparam");
        var made = await MadeAsync(sample[(sample.IndexOf('\n', sample.IndexOf("using", StringComparison.Ordinal)) + 1)..]);
        var settings = made.Settings.Where(one => IsOurs(one.Key)).ToDictionary();
        // Only Azure knows it.
        Assert.StartsWith("[reference(", settings["Events__Topic"]);
        settings["Events__Topic"] = "https://kubemetrics.westeurope-1.eventgrid.azure.net/api/events";
        var options = HostSettings.Read([SettingsSource.Of(settings.Select(one => (one.Key.Replace("__", ":"), one.Value, "app setting")))], host: HostKind.FunctionApp);
        Assert.Equal("KubeMetrics", Assert.Single(options.Datasets).Name);
        Assert.Empty(options.Warnings);
    }

    // Not the Functions host's, nor the triggers'; nor a file that is on the app's own disk.
    private static bool IsOurs(string name) => name == "State" || (name.Contains("__") && !name.StartsWith("AzureWebJobs", StringComparison.Ordinal) && !name.EndsWith("__CaFile", StringComparison.Ordinal));

    [Fact]
    public async Task A_secret_is_in_the_vault_and_nowhere_else()
    {
        var made = await MadeAsync("""
            param settings = { State: 's3://metrics/state', Storage__Default__Endpoint: 'https://rgw.example.com', Storage__Default__AccessKey: 'kubemetrics' }
            param secretSettings = ['Storage__Default__SecretKey', 'Notifications__Key']
            param secrets = { Storage__Default__SecretKey: 'the secret itself' }
            """);
        // What is secure stays an expression, whatever else is reckoned: it stands in the vault's secrets and nowhere else.
        Assert.DoesNotContain(made.Resources, one => one.ToJsonString().Contains("the secret itself"));
        var holders = made.Resources.Where(one => one.ToJsonString().Contains("parameters(\\u0027secrets\\u0027)")).ToList();
        var vault = Deployment.Name(made.One("Microsoft.KeyVault/vaults"));
        // The vault itself looks at their names, so that a misspelt one is refused.
        Assert.Equal([vault, $"{vault}/Storage--Default--SecretKey", $"{vault}/Notifications--Key"], holders.Select(Deployment.Name));
        Assert.DoesNotContain("value", holders[0].ToJsonString());
        // One without a value this time is left alone, and its reference stays.
        Assert.Equal("[contains(parameters('secrets'), 'Notifications__Key')]", Text(holders[2], "condition"));
        foreach (var (setting, secret) in (IEnumerable<(string, string)>)[("Storage__Default__SecretKey", "Storage--Default--SecretKey"), ("Notifications__Key", "Notifications--Key")])
        {
            Assert.Contains("@Microsoft.KeyVault(SecretUri=https://", made.Settings[setting]);
            Assert.Contains(vault, made.Settings[setting]);
            Assert.Contains($"'{secret}'", made.Settings[setting]);
        }

        Assert.Equal(Assert.Single(made.App["identity"]!["userAssignedIdentities"]!.AsObject()).Key, Text(made.App, "properties.keyVaultReferenceIdentity"));
    }

    [Fact]
    public async Task No_output_of_any_file_has_a_secret()
    {
        foreach (var (file, template) in await _bicep.TemplatesAsync())
        {
            List<string> secure = [.. Secure(template).Select(name => $"parameters('{name}')")];
            if (file is "main.bicep" or "vault.bicep") Assert.Equal(["parameters('secrets')"], secure);
            foreach (var (name, output) in template["outputs"]?.AsObject() ?? [])
                Assert.All(["listKeys", "listSecrets", "listAccountSas", .. secure], secret => Assert.DoesNotContain(secret, $"{file} {name}: {output!["value"]}"));
        }
    }

    [Fact]
    public async Task The_topic_takes_CloudEvents_from_identities_and_delivers_to_nobody_until_told()
    {
        var made = await MadeAsync();
        var topic = made.One("Microsoft.EventGrid/topics");
        Assert.Equal(("CloudEventSchemaV1_0", "true", "SystemAssigned"), (Text(topic, "properties.inputSchema"), Text(topic, "properties.disableLocalAuth"), Text(topic, "identity.type")));
        Assert.Equal(topic["id"]!.GetValue<string>(), made.Settings["Events__From"]);
        Assert.Contains("Events__Topic", made.Settings.Keys);
        Assert.Empty(made.All("Microsoft.EventGrid/topics/eventSubscriptions"));
        Assert.Equal("false", Text((await MadeAsync(Least + "param allowTopicKeys = true")).One("Microsoft.EventGrid/topics"), "properties.disableLocalAuth"));
    }

    [Theory]
    [InlineData("{ kind: 'function' }", "AzureFunction")]
    [InlineData("{ kind: 'webhook', url: 'https://host.example.com/api/events', tenantId: '00000000-0000-0000-0000-000000000002', audience: 'api://kubemetrics' }", "WebHook")]
    public async Task What_cannot_be_delivered_is_tried_for_a_day_and_set_aside(string delivery, string endpoint)
    {
        var made = await MadeAsync($"{Least}param delivery = {delivery}");
        var subscription = made.One("Microsoft.EventGrid/topics/eventSubscriptions");
        Assert.Equal((endpoint, "CloudEventSchemaV1_0"), (Text(subscription, "properties.destination.endpointType"), Text(subscription, "properties.eventDeliverySchema")));
        Assert.Equal("1440", Text(subscription, "properties.retryPolicy.eventTimeToLiveInMinutes"));
        // The account takes no keys, so the topic writes with its identity.
        Assert.Equal("SystemAssigned", Text(subscription, "properties.deadLetterWithResourceIdentity.identity.type"));
        Assert.Equal(made.One("Microsoft.Storage/storageAccounts")["id"]!.GetValue<string>(), Text(subscription, "properties.deadLetterWithResourceIdentity.deadLetterDestination.properties.resourceId"));
        Assert.Contains(Text(subscription, "properties.deadLetterWithResourceIdentity.deadLetterDestination.properties.blobContainerName")!, Containers(made));
    }

    [Fact]
    public async Task A_webhook_is_sent_a_token_and_no_key()
    {
        var made = await MadeAsync(Least + "param delivery = { kind: 'webhook', url: 'https://host.example.com/api/events', tenantId: 'ours', audience: 'api://kubemetrics' }");
        var destination = Deployment.At(made.One("Microsoft.EventGrid/topics/eventSubscriptions"), "properties.destination.properties")!;
        Assert.Equal(("ours", "api://kubemetrics"), (destination["azureActiveDirectoryTenantId"]!.ToString(), destination["azureActiveDirectoryApplicationIdOrUri"]!.ToString()));
        Assert.Equal("https://host.example.com/api/events", destination["endpointUrl"]!.ToString());
    }

    [Fact]
    public async Task A_network_is_made_where_asked_for_and_the_app_goes_out_through_it()
    {
        var made = await MadeAsync(Least + "param network = { kind: 'new', addressPrefix: '10.20.0.0/24', dnsServers: ['10.1.0.4'] }");
        var network = made.One("Microsoft.Network/virtualNetworks");
        // Not among the network's properties: a later deployment would delete what others added to it (a gateway's subnet).
        Assert.Null(Deployment.At(network, "properties.subnets"));
        var subnet = made.One("Microsoft.Network/virtualNetworks/subnets");
        Assert.Equal("10.20.0.0/27", Text(subnet, "properties.addressPrefix"));
        Assert.Equal("Microsoft.App/environments", Assert.Single(Deployment.At(subnet, "properties.delegations")!.AsArray())!["properties"]!["serviceName"]!.ToString());
        Assert.Equal(subnet["id"]!.ToString(), Text(made.App, "properties.virtualNetworkSubnetId"));
        Assert.Null(Deployment.At(subnet, "properties.natGateway"));
        Assert.Equal("10.1.0.4", Assert.Single(Deployment.At(network, "properties.dhcpOptions.dnsServers")!.AsArray())!.ToString());
        Assert.Empty((await MadeAsync()).All("Microsoft.Network/virtualNetworks"));
    }

    [Fact]
    public async Task A_network_keeps_the_way_out_that_it_was_given()
    {
        var made = await MadeAsync(Least + "param network = { kind: 'new', addressPrefix: '10.20.0.0/24', natGatewayId: '/subscriptions/s/nat', routeTableId: '/subscriptions/s/routes' }");
        var subnet = made.One("Microsoft.Network/virtualNetworks/subnets");
        Assert.Equal(("/subscriptions/s/nat", "/subscriptions/s/routes"), (Text(subnet, "properties.natGateway.id"), Text(subnet, "properties.routeTable.id")));
    }

    [Fact]
    public async Task A_subnet_that_is_there_is_used_and_none_is_made()
    {
        const string Subnet = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/functions";
        var made = await MadeAsync($"{Least}param network = {{ kind: 'subnet', subnetId: '{Subnet}' }}");
        Assert.Equal(Subnet, Text(made.App, "properties.virtualNetworkSubnetId"));
        Assert.Empty(made.All("Microsoft.Network/virtualNetworks"));
    }

    [Fact]
    public async Task Instances_wait_for_callers_where_asked_for()
    {
        const string Path = "properties.functionAppConfig.scaleAndConcurrency.alwaysReady";
        Assert.Empty(Deployment.At((await MadeAsync()).App, Path)!.AsArray());
        var group = Assert.Single(Deployment.At((await MadeAsync(Least + "param alwaysReady = 1")).App, Path)!.AsArray())!;
        // All functions with an HTTP trigger are one group, of this name.
        Assert.Equal(("http", 1), (group["name"]!.ToString(), group["instanceCount"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Where_callers_are_named_nobody_else_is_let_in_but_Event_Grid()
    {
        var open = (await MadeAsync()).App;
        Assert.Equal("Allow", Text(open, "properties.siteConfig.ipSecurityRestrictionsDefaultAction"));
        var closed = (await MadeAsync(Least + "param callers = ['203.0.113.0/24']")).App;
        Assert.Equal("Deny", Text(closed, "properties.siteConfig.ipSecurityRestrictionsDefaultAction"));
        Assert.Equal(["AzureEventGrid", "203.0.113.0/24"], Deployment.At(closed, "properties.siteConfig.ipSecurityRestrictions")!.AsArray().Select(rule => rule!["ipAddress"]!.ToString()));
    }

    [Fact]
    public async Task Where_a_Ceph_notifies_from_a_network_the_app_gets_an_address_in_it()
    {
        var made = await MadeAsync(Least + "param privateEndpointSubnetId = '/subnets/ceph'\nparam privateDnsZoneId = '/zones/sites'");
        Assert.Equal("/subnets/ceph", Text(made.One("Microsoft.Network/privateEndpoints"), "properties.subnet.id"));
        Assert.Single(made.All("Microsoft.Network/privateEndpoints/privateDnsZoneGroups"));
        Assert.Empty((await MadeAsync()).All("Microsoft.Network/privateEndpoints"));
    }

    [Fact]
    public async Task What_goes_wrong_can_be_read_and_is_sent_with_the_identity()
    {
        var made = await MadeAsync();
        Assert.Equal(("true", "true"), (Text(made.One("Microsoft.Insights/components"), "properties.DisableLocalAuth"), Text(made.One("Microsoft.OperationalInsights/workspaces"), "properties.features.disableLocalAuth")));
        Assert.Equal(made.One("Microsoft.OperationalInsights/workspaces")["id"]!.ToString(), Text(made.One("Microsoft.Insights/components"), "properties.WorkspaceResourceId"));
        Assert.Contains("Authorization=AAD", made.Settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]);
        Assert.Equal(
            ["AuditEvent", "DeliveryFailures", "FunctionAppLogs", "PublishFailures", "StorageDelete"],
            made.All("Microsoft.Insights/diagnosticSettings").SelectMany(one => Deployment.At(one, "properties.logs")!.AsArray()).Select(log => log!["category"]!.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("param settings = { State: '/var/lib/kubemetrics' }\nparam secretSettings = []", "State", "s3://bucket/prefix")]
    [InlineData("param settings = {}\nparam secretSettings = []", "State", "s3://bucket/prefix")]
    [InlineData("param settings = { State: 's3://a/b', Storage__Default__SecretKey: 'x' }\nparam secretSettings = []", "Storage__Default__SecretKey", "secretSettings")]
    [InlineData("param settings = { State: 's3://a/b', Notifications__Key: 'x' }\nparam secretSettings = []", "Notifications__Key", "secretSettings")]
    [InlineData("param settings = { State: 's3://a/b', Storage__Buckets__x__secretkey: 'x' }\nparam secretSettings = []", "Storage__Buckets__x__secretkey", "secretSettings")]
    [InlineData("param settings = { State: 's3://a/b', SECRETKEY: 'x' }\nparam secretSettings = []", "SECRETKEY", "secretSettings")]
    [InlineData("param settings = { State: 's3://a/b', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }\nparam secretSettings = []", "AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN", "secretSettings")]
    [InlineData("param settings = { State: 's3://a/b', OTEL_EXPORTER_OTLP_HEADERS: 'x' }\nparam secretSettings = []", "OTEL_EXPORTER_OTLP_HEADERS", "secretSettings")]
    [InlineData("param settings = { State: 's3://a/b', 'Storage__Buckets__bd-dist__Anonymous': 'true' }\nparam secretSettings = []", "Storage__Buckets__bd-dist__Anonymous", "Storage__Buckets__any__Bucket")]
    [InlineData("param settings = { State: 's3://a/b', 'Work:Budget': '5m' }\nparam secretSettings = []", "Work:Budget", "two underscores")]
    public async Task What_is_wrong_is_refused_with_a_sentence_before_anything_is_made(string parameters, string named, string remedy)
    {
        var (made, found) = await _bicep.DeployAsync(parameters);
        Assert.Null(made);
        Assert.Contains(named, found);
        Assert.Contains(remedy, found);
    }

    private static IEnumerable<string> Secure(JsonObject template) =>
        (template["parameters"]?.AsObject() ?? []).Where(one => one.Value!["type"]?.GetValue<string>() is "secureObject" or "securestring" or "secureString").Select(one => one.Key);

    private static IEnumerable<string> Containers(Deployment made) => made.All("Microsoft.Storage/storageAccounts/blobServices/containers").Select(one => Deployment.Name(one).Split('/')[^1]);
}
