"""The demo team: Harbor Lane, 14 people who run a cross-border store."""

from sandbox.slack.workspace import BOT_NAME, BOT_USER_ID, Channel, Member, Workspace

PEOPLE = [
    ("lin.yue", "Lin Yue 林悦", "Store manager", "zh-CN", "Asia/Shanghai"),
    ("chen.wei", "Chen Wei 陈伟", "Operations", "zh-CN", "Asia/Shanghai"),
    ("zhao.min", "Zhao Min 赵敏", "Operations", "zh-CN", "Asia/Shanghai"),
    ("sofia.reyes", "Sofia Reyes", "Operations", "en-US", "Europe/Madrid"),
    ("wang.fang", "Wang Fang 王芳", "Sales", "zh-CN", "Asia/Shanghai"),
    ("liu.yang", "Liu Yang 刘洋", "Sales", "zh-CN", "Asia/Shanghai"),
    ("emma.clarke", "Emma Clarke", "Sales", "en-US", "Europe/London"),
    ("daniel.novak", "Daniel Novak", "Sales", "en-US", "Europe/Prague"),
    ("huang.lei", "Huang Lei 黄磊", "Order follower", "zh-CN", "Asia/Shanghai"),
    ("xu.jing", "Xu Jing 徐静", "Order follower", "zh-CN", "Asia/Shanghai"),
    ("gao.jie", "Gao Jie 高洁", "Designer", "zh-CN", "Asia/Shanghai"),
    ("sun.hao", "Sun Hao 孙浩", "Video", "zh-CN", "Asia/Shanghai"),
    ("ma.chao", "Ma Chao 马超", "Supply chain", "zh-CN", "Asia/Shanghai"),
    ("tom.becker", "Tom Becker", "Supply chain", "en-US", "Europe/Berlin"),
]
COLORS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729")
TOPICS = {
    "general": "Everybody, everything",
    "watch": "What needs somebody now",
    "stock": "Stock, replenishment, suppliers",
    "reviews": "Bad reviews and their answers",
    "prices": "Our prices and theirs",
    "logistics": "Shipments, parcels, freight",
    "disputes": "Disputes and their deadlines",
    "monday": "The Monday meeting",
    "no-bot": "The app is not invited here",
    "old-archive": "Closed long ago",
}


def harbor_lane() -> Workspace:
    """The workspace as it is before anybody has said anything."""
    members = [
        Member(
            id=_id("U", name),
            name=name,
            real_name=real_name,
            email=f"{name}@harborlane.example",
            title=title,
            locale=locale,
            tz=tz,
            color=COLORS[place % len(COLORS)],
        )
        for place, (name, real_name, title, locale, tz) in enumerate(PEOPLE)
    ]
    bot = Member(
        BOT_USER_ID, BOT_NAME, "Watchkeeper", "", "", "en-US", "Etc/UTC", "2f6f8f", is_bot=True
    )
    people = {member.id for member in members}
    channels = [
        Channel(
            id=_id("C", name),
            name=name,
            topic=topic,
            members=set(people) if name == "no-bot" else people | {BOT_USER_ID},
            is_archived=name == "old-archive",
        )
        for name, topic in TOPICS.items()
    ]
    workspace = Workspace(members, bot, channels)
    for member in members:
        workspace.direct(member.id)
    return workspace


def _id(kind: str, name: str) -> str:
    return f"{kind}0" + name.replace(".", "").replace("-", "").upper()
