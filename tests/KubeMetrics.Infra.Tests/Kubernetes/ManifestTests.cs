using System.Text.RegularExpressions;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Infra.Tests.Kubernetes;

/// <summary>infra/kubernetes and the image that it runs: what has to fit together, and what a pod may not do.</summary>
public sealed partial class ManifestTests
{
    private const string Container = "spec.template.spec.containers.0";

    private static Manifest Deployment => Assert.Single(Manifest.Read("deployment.yaml"));

    private static Manifest Settings => Assert.Single(Manifest.Read("settings.yaml"));

    private static Manifest Secret(string name) => Assert.Single(Manifest.Read("secret.sample.yaml"), one => one.Name == name);

    private static string Containerfile => File.ReadAllText(Repository.PathOf("infra", "functions", "Containerfile"));

    [Fact]
    public void Everything_is_applied_but_the_sample_of_secrets_and_what_KEDA_has_to_be_there_for()
    {
        var kustomization = File.ReadAllText(Repository.PathOf("infra", "kubernetes", "kustomization.yaml"));
        var files = Directory.EnumerateFiles(Repository.PathOf("infra", "kubernetes"), "*.yaml").Select(file => Path.GetFileName(file)).Except(["kustomization.yaml", "secret.sample.yaml"]);
        Assert.All(files, file => Assert.Contains($"  - {file}\n", kustomization));
        Assert.Equal(files.Count(), Resource().Count(kustomization));
        Assert.Contains($"name: {Deployment.Text($"{Container}.image")}\n", kustomization);
    }

    [Fact]
    public void A_pod_is_no_root_and_writes_nowhere_but_in_tmp()
    {
        var pod = Deployment;
        Assert.Equal(("true", "RuntimeDefault"), (pod.Text("spec.template.spec.securityContext.runAsNonRoot"), pod.Text("spec.template.spec.securityContext.seccompProfile.type")));
        Assert.Equal(("true", "false", "ALL"), (pod.Text($"{Container}.securityContext.readOnlyRootFilesystem"), pod.Text($"{Container}.securityContext.allowPrivilegeEscalation"), pod.Text($"{Container}.securityContext.capabilities.drop.0")));
        Assert.Equal("/tmp", Assert.Single(pod.List($"{Container}.volumeMounts"), mount => !mount.Has("readOnly")).Text("mountPath"));
        Assert.Matches(@"HOME=/tmp\b", Containerfile);
        Assert.Matches(@"(?m)^USER \$APP_UID$", Containerfile);
        // The user that .NET's images have: https://github.com/dotnet/dotnet-docker, APP_UID.
        Assert.Equal("1654", pod.Text("spec.template.spec.securityContext.runAsUser"));
    }

    [Fact]
    public void The_port_is_the_images_and_needs_no_root()
    {
        var port = int.Parse(Port().Match(Containerfile).Groups[1].Value);
        Assert.InRange(port, 1024, 65535);
        Assert.Equal((port.ToString(), "http"), (Deployment.Text($"{Container}.ports.0.containerPort"), Deployment.Text($"{Container}.ports.0.name")));
        Assert.Contains($"/dev/tcp/127.0.0.1/{port} ", Deployment.Text($"{Container}.readinessProbe.exec.command.2"));
        var service = Assert.Single(Manifest.Read("service.yaml"));
        Assert.Equal(("http", Deployment.Text("spec.template.metadata.labels.app")), (service.Text("spec.ports.0.targetPort"), service.Text("spec.selector.app")));
    }

    [Fact]
    public void Probes_ask_what_is_there_and_ready_shows_the_key()
    {
        foreach (var probe in (string[])["startupProbe", "livenessProbe"])
            Assert.Equal(Access.Anonymous, Assert.Single(KubeMetricsApi.Routes, route => route.Pattern == Deployment.Text($"{Container}.{probe}.httpGet.path")).Access);
        var ready = Assert.Single(KubeMetricsApi.Routes, route => route.Name == "Ready");
        var command = Deployment.Text($"{Container}.readinessProbe.exec.command.2");
        Assert.Contains($"GET {ready.Pattern} ", command);
        Assert.Equal(Access.Key, ready.Access);
        Assert.Contains($"{ApiKey.Header}: %s", command, StringComparison.OrdinalIgnoreCase);
        var key = Assert.Single(Deployment.List($"{Container}.env"), one => one.Text("name") == "READY_KEY");
        Assert.Contains("\"$READY_KEY\"", command);
        Assert.Contains(key.Text("valueFrom.secretKeyRef.key"), Secret(key.Text("valueFrom.secretKeyRef.name")).Texts("stringData").Keys);
    }

    [Fact]
    public void The_host_reads_its_keys_from_the_one_secret_that_its_account_may_read()
    {
        var env = Deployment.List($"{Container}.env").Where(one => one.Has("value")).ToDictionary(one => one.Text("name"), one => one.Text("value"));
        // Names that the host reads: Azure/azure-functions-host, EnvironmentSettingNames and KubernetesSecretsRepository.
        Assert.Equal("kubernetes", env["AzureWebJobsSecretStorageType"]);
        var secret = env["AzureWebJobsKubernetesSecretName"].Split('/')[^1];
        Assert.Equal(["host.master", "host.function.default"], Secret(secret).Texts("stringData").Keys);
        var account = Manifest.Read("account.yaml");
        var role = Assert.Single(account, one => one.Kind == "Role");
        Assert.Equal((secret, "secrets"), (role.Text("rules.0.resourceNames.0"), role.Text("rules.0.resources.0")));
        Assert.False(role.Has("rules.1") || role.Has("rules.0.resourceNames.1") || role.Has("rules.0.resources.1"));
        Assert.Equal(Deployment.Text("spec.template.spec.serviceAccountName"), Assert.Single(account, one => one.Kind == "ServiceAccount").Name);
    }

    [Fact]
    public void Each_pod_is_a_host_of_its_own_by_a_name_that_the_host_takes()
    {
        var id = Assert.Single(Deployment.List($"{Container}.env"), one => one.Text("name") == "AzureFunctionsWebHost__hostid");
        Assert.Equal("metadata.name", id.Text("valueFrom.fieldRef.fieldPath"));
        // A host's id has at most 32 characters (ScriptConstants.MaximumHostIdLength); to a deployment's name a hash of up to 10 and five
        // more are added, with a hyphen before each.
        Assert.InRange(Deployment.Name.Length + 1 + 10 + 1 + 5, 1, 32);
    }

    [Fact]
    public void Work_has_time_to_be_given_back_and_memory_ends_somewhere()
    {
        // 30 s for that, docs/operations.md.
        Assert.InRange(int.Parse(Deployment.Text("spec.template.spec.terminationGracePeriodSeconds")), 45, 300);
        Assert.Equal("4Gi", Deployment.Text($"{Container}.resources.limits.memory"));
    }

    [Fact]
    public void The_settings_are_ones_that_the_app_takes_and_what_is_secret_is_not_among_them()
    {
        var readable = Settings.Texts("data");
        Assert.DoesNotContain(readable.Keys, name => name.EndsWith("SecretKey", StringComparison.Ordinal) || name.EndsWith("__Key", StringComparison.Ordinal) || name.EndsWith("TopicKey", StringComparison.Ordinal) || name == "AzureWebJobsStorage");
        var all = readable.Concat(Secret("kubemetrics-settings").Texts("stringData")).Where(one => one.Key == "State" || one.Key.Contains("__"));
        var options = HostSettings.Read([SettingsSource.Of(all.Select(one => (one.Key.Replace("__", ":"), one.Value, "settings.yaml")))], host: HostKind.FunctionApp);
        Assert.Equal("KubeMetrics", Assert.Single(options.Datasets).Name);
        Assert.Empty(options.Warnings);
        Assert.Contains("AzureWebJobsStorage", Secret("kubemetrics-settings").Texts("stringData").Keys);
    }

    [Fact]
    public void Every_setting_that_a_trigger_asks_for_is_set() => Assert.All(TriggerSettings.Read(), setting => Assert.Contains(setting, Settings.Texts("data").Keys));

    [Fact]
    public void What_the_pods_refer_to_is_there()
    {
        var from = Deployment.List($"{Container}.envFrom");
        Assert.Equal(Settings.Name, Assert.Single(from, one => one.Has("configMapRef")).Text("configMapRef.name"));
        Secret(Assert.Single(from, one => one.Has("secretRef")).Text("secretRef.name"));
        // Made only where there is one, so the pod starts without.
        Assert.Equal("true", Assert.Single(Deployment.List("spec.template.spec.volumes"), volume => volume.Has("configMap")).Text("configMap.optional"));
    }

    [Fact]
    public void KEDA_leaves_one_pod_running_for_the_timers()
    {
        var scaled = Assert.Single(Manifest.Read("keda", "scaledobject.yaml"));
        Assert.Equal((Deployment.Name, "1"), (scaled.Text("spec.scaleTargetRef.name"), scaled.Text("spec.minReplicaCount")));
        // Else two would tell the deployment how many it is to have.
        Assert.False(Deployment.Has("spec.replicas"));
    }

    [Fact]
    public void Where_none_runs_at_night_the_clock_wakes_one_and_nothing_else_is_asked_to()
    {
        var scaled = Assert.Single(Manifest.Read("keda", "working-hours.yaml"));
        Assert.Equal((Deployment.Name, "0"), (scaled.Text("spec.scaleTargetRef.name"), scaled.Text("spec.minReplicaCount")));
        var trigger = Assert.Single(scaled.List("spec.triggers"));
        // A cron trigger with all that it needs: https://keda.sh/docs/latest/scalers/cron/
        Assert.Equal(("cron", "Etc/UTC", "1"), (trigger.Text("type"), trigger.Text("metadata.timezone"), trigger.Text("metadata.desiredReplicas")));
        Assert.All((string[])["start", "end"], name => Assert.Equal(5, trigger.Text($"metadata.{name}").Split(' ').Length));
    }

    [GeneratedRegex(@"ASPNETCORE_URLS=http://\+:(\d+)")]
    private static partial Regex Port();

    [GeneratedRegex(@"(?m)^  - [a-z-]+\.yaml$")]
    private static partial Regex Resource();
}
