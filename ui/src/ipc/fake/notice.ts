import type { Notice } from '../generated/Notice';

/** A notice as long as the one that comes with the program. */
export const NOTICE: Notice = {
  version: '2026-11-22',
  studio: '示例影棚 · Example studio',
  kept_days: 180,
  zh: {
    face_data: '单独同意处理人脸信息：检查照片是否合格，并确认整个过程是同一个人',
    comparison: '同意与学校提供的入学照片比对（可不选，不影响拍摄）',
    guardian: '本人未满 14 周岁，监护人在场并同意',
    parts: [
      { about: 'who', title: '由谁处理', body: '由本拍摄点处理，为您所在学校的学历照片采集服务。如有疑问可当面询问工作人员。' },
      { about: 'what', title: '处理什么', body: '您的照片、采集码内容、姓名、学号和证件号码。照片、人脸信息和证件号码属于敏感个人信息。' },
      {
        about: 'why',
        title: '用于什么',
        body: '制作符合标准的学历照片、冲印，并交付学校用于学历注册。人脸特征只用来防止拍错人：离开即删，当天重复用码的核对只在内存里，均不写入磁盘。',
      },
      { about: 'where', title: '存在哪里', body: '只保存在这台机器上，不上传网络；交付时只写入学校的存储介质。' },
      { about: 'how_long', title: '保存多久', body: '照片交付学校后最多保留 180 天，用于补拍和补印，到期删除照片、证件号码和姓名。' },
      { about: 'rights', title: '您的权利', body: '可随时要求查看、更正或删除，也可撤回同意。不同意则无法在此拍摄，但可选择其他采集方式。' },
    ],
  },
  en: {
    face_data: 'I agree separately that my face is measured: whether the photo is good, and that it is one person throughout',
    comparison: 'I agree to a comparison with the enrolment photo that my school supplied (optional)',
    guardian: 'I am under 14; my guardian is here and agrees',
    parts: [
      { about: 'who', title: 'Who', body: "This photo point, for your school's degree photo. Ask the staff here at any time." },
      { about: 'what', title: 'What', body: 'Your photo, the content of the code, name, student number and ID number. Photo, face and ID number are sensitive data.' },
      {
        about: 'why',
        title: 'Why',
        body: 'To make a photo that meets the standard, print it, and deliver it to your school for degree registration. Face features only keep the photo from landing on the wrong record: gone when you leave, checked in memory for codes used twice that day, never on disk.',
      },
      { about: 'where', title: 'Where', body: "On this machine only. Nothing is uploaded; a delivery is written to the school's medium only." },
      { about: 'how_long', title: 'How long', body: 'At most 180 days after delivery to the school, for retakes and reprints; then photo, ID number and name are deleted.' },
      { about: 'rights', title: 'Your rights', body: 'You may ask to see, correct or delete your data, or withdraw consent. Without consent no photo can be taken here; other ways remain open.' },
    ],
  },
};
