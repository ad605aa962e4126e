//! The NetworkPolicy of an environment. A policy can only allow, so each rule lists what is
//! allowed.

use std::net::IpAddr;

use k8s_openapi::{
    api::networking::v1::{
        IPBlock, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
        NetworkPolicyPort, NetworkPolicySpec,
    },
    apimachinery::pkg::{
        apis::meta::v1::{LabelSelector, LabelSelectorRequirement},
        util::intstr::IntOrString,
    },
};
use resources::{Egress, Ingress, Network, meta};

/// The label that Kubernetes gives every namespace.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";
/// All addresses, and those of them at which clouds give credentials to whoever runs on a node:
/// link-local ones, and the fixed ones of AWS (IPv6), Azure and Alibaba Cloud.
const EVERYWHERE: [(&str, &[&str]); 2] = [
    ("0.0.0.0/0", &["100.100.100.200/32", "168.63.129.16/32", LINK_LOCAL]),
    ("::/0", &["fd00:ec2::254/128", "fe80::/10"]),
];
/// Also where some clusters run the name server of each node.
const LINK_LOCAL: &str = "169.254.0.0/16";

/// The policy; `None`: everything is allowed. `dploy` is the namespace of Dploy.
pub(super) fn policy(network: &Network, dploy: Option<&str>) -> Option<NetworkPolicySpec> {
    let (ingress, egress) = (ingress(network), egress(network, dploy));
    let types = [ingress.as_ref().map(|_| "Ingress"), egress.as_ref().map(|_| "Egress")];
    let types: Vec<String> = types.into_iter().flatten().map(Into::into).collect();
    (!types.is_empty()).then(|| NetworkPolicySpec {
        pod_selector: Some(LabelSelector::default()),
        policy_types: Some(types),
        ingress,
        egress,
    })
}

fn ingress(network: &Network) -> Option<Vec<NetworkPolicyIngressRule>> {
    let peers = match network.ingress {
        Ingress::Open => return None,
        Ingress::Closed => vec![own_pods()],
        Ingress::Isolated => vec![own_pods(), namespaces(vec![of_no_environment()])],
    };
    let from = peers.into_iter().chain(network.allow_from.iter().cloned()).collect();
    Some(vec![NetworkPolicyIngressRule { from: Some(from), ports: None }])
}

fn egress(network: &Network, dploy: Option<&str>) -> Option<Vec<NetworkPolicyEgressRule>> {
    let peers = match network.egress {
        Egress::Open => return None,
        Egress::Closed => vec![own_pods()],
        Egress::Isolated => {
            let other_than_dploys = dploy.map(|name| LabelSelectorRequirement {
                key: NAMESPACE_NAME.into(),
                operator: "NotIn".into(),
                values: Some(vec![name.into()]),
            });
            let selector = [of_no_environment()].into_iter().chain(other_than_dploys).collect();
            let outside = EVERYWHERE.map(|block| addresses(block, &network.blocked_addresses));
            [own_pods(), namespaces(selector)].into_iter().chain(outside).collect()
        }
    };
    let to = peers.into_iter().chain(network.allow_to.iter().cloned()).collect();
    let rule = NetworkPolicyEgressRule { to: Some(to), ports: None };
    Some(vec![rule, name_servers()])
}

/// Whether a policy takes the range as an exception of all addresses.
pub(super) fn is_part_of_all_addresses(range: &str) -> bool {
    let Some((address, prefix)) = range.split_once('/') else { return false };
    let longest = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    prefix.parse().is_ok_and(|prefix: u8| (1..=longest).contains(&prefix))
}

fn own_pods() -> NetworkPolicyPeer {
    NetworkPolicyPeer { pod_selector: Some(LabelSelector::default()), ..Default::default() }
}

fn namespaces(selector: Vec<LabelSelectorRequirement>) -> NetworkPolicyPeer {
    let selector = LabelSelector { match_expressions: Some(selector), ..LabelSelector::default() };
    NetworkPolicyPeer { namespace_selector: Some(selector), ..Default::default() }
}

/// Every environment's namespace has this label.
fn of_no_environment() -> LabelSelectorRequirement {
    LabelSelectorRequirement {
        key: meta::MANAGED.into(),
        operator: "DoesNotExist".into(),
        values: None,
    }
}

fn addresses((cidr, except): (&str, &[&str]), blocked: &[String]) -> NetworkPolicyPeer {
    let is_of_family = |range: &&String| range.contains(':') == cidr.contains(':');
    let blocked = blocked.iter().filter(is_of_family).cloned();
    let except = except.iter().map(|it| (*it).to_owned()).chain(blocked).collect();
    let ip_block = Some(IPBlock { cidr: cidr.into(), except: Some(except) });
    NetworkPolicyPeer { ip_block, ..Default::default() }
}

/// Name servers, in namespaces without environments and on the node itself.
fn name_servers() -> NetworkPolicyEgressRule {
    let port = |protocol: &str| NetworkPolicyPort {
        port: Some(IntOrString::Int(53)),
        protocol: Some(protocol.into()),
        ..NetworkPolicyPort::default()
    };
    let on_the_node = IPBlock { cidr: LINK_LOCAL.into(), except: None };
    let on_the_node = NetworkPolicyPeer { ip_block: Some(on_the_node), ..Default::default() };
    NetworkPolicyEgressRule {
        to: Some(vec![namespaces(vec![of_no_environment()]), on_the_node]),
        ports: Some(vec![port("UDP"), port("TCP")]),
    }
}
